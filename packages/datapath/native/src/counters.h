#pragma once

#include <cstddef>

namespace rivero {

/** What was dropped, and why; and what went through: the order and the names of `datapathCounters` (src/contract.ts). */
#define RIVERO_COUNTERS(X)                                        \
  X(received, "received")                                         \
  X(sent, "sent")                                                 \
  X(resent, "resent")                                             \
  X(bytesReceived, "bytes-received")                              \
  X(bytesSent, "bytes-sent")                                      \
  X(unsegmented, "unsegmented")                                   \
  X(receiveEmpty, "receive-empty")                                \
  X(receiveTooLong, "receive-too-long")                           \
  X(receiveFromPort0, "receive-from-port-0")                      \
  X(receiveUnknownKind, "receive-unknown-kind")                   \
  X(receivePoolEmpty, "receive-pool-empty")                       \
  X(receivePathsFull, "receive-paths-full")                       \
  X(receiveUnknownPath, "receive-unknown-path")                   \
  X(receiveUnboundPath, "receive-unbound-path")                   \
  X(receiveOtherSource, "receive-other-source")                   \
  X(receiveTruncated, "receive-truncated")                        \
  X(receiveMalformed, "receive-malformed")                        \
  X(receiveReplayed, "receive-replayed")                          \
  X(receiveAuthenticationFailed, "receive-authentication-failed") \
  X(receiveTooManyStreams, "receive-too-many-streams")            \
  X(receiveIndexExhausted, "receive-index-exhausted")             \
  X(sendStaleStream, "send-stale-stream")                         \
  X(sendStaleSession, "send-stale-session")                       \
  X(sendNoPath, "send-no-path")                                   \
  X(sendCongested, "send-congested")                              \
  X(sendFailed, "send-failed")                                    \
  X(sendTooLong, "send-too-long")                                 \
  X(sendIndexReused, "send-index-reused")                         \
  X(sendIndexExhausted, "send-index-exhausted")                   \
  X(sendTooManyStreams, "send-too-many-streams")                  \
  X(sendNothingToResend, "send-nothing-to-resend")                \
  X(sendResendDiffers, "send-resend-differs")

enum class Counter : size_t {
#define X(name, text) name,
  RIVERO_COUNTERS(X)
#undef X
};

inline constexpr const char* counterNames[] = {
#define X(name, text) text,
    RIVERO_COUNTERS(X)
#undef X
};

/** Counts where JavaScript reads it. */
class Counters {
 public:
  explicit Counters(double* values) : values_(values) {}

  void count(Counter counter, size_t amount = 1) { values_[static_cast<size_t>(counter)] += static_cast<double>(amount); }

 private:
  double* values_;
};

}  // namespace rivero
