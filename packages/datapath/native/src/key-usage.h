#pragma once

#include <algorithm>
#include <cstdint>

namespace rivero {

/** Packets that one master key may protect (RFC 3711 section 9.2). */
inline constexpr int64_t rtpPacketsMax = int64_t{1} << 48;
inline constexpr int64_t rtcpPacketsMax = int64_t{1} << 31;

/** How much of a master key's life is over. RTP and RTCP count apart; the key ends with the first of the two. */
class KeyUsage {
 public:
  /** `rtcpSealed`: RTCP packets that a sender has sealed under it before this one. */
  explicit KeyUsage(int64_t lifetime, int64_t rtcpSealed = 0)
      : rtpLeft_(std::min(lifetime, rtpPacketsMax)),
        rtcpLeft_(std::min(lifetime, rtcpPacketsMax) - rtcpSealed),
        rtpMargin_(marginOf(rtpLeft_)),
        rtcpMargin_(marginOf(rtcpLeft_ + rtcpSealed)) {}

  /** It is time for another key. */
  bool isNearlyUsedUp() const { return rtpLeft_ <= rtpMargin_ || rtcpLeft_ <= rtcpMargin_; }
  bool isUsedUp() const { return rtpLeft_ <= 0 || rtcpLeft_ <= 0; }
  void countRtp() { rtpLeft_ -= 1; }
  void countRtcp() { rtcpLeft_ -= 1; }

 private:
  /** A second or more of the fastest stream; with a short life, the last eighth of it. */
  static int64_t marginOf(int64_t packets) { return std::min<int64_t>(65'536, packets / 8); }

  int64_t rtpLeft_;
  int64_t rtcpLeft_;
  int64_t rtpMargin_;
  int64_t rtcpMargin_;
};

}  // namespace rivero
