#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sent-packets.h"

namespace rivero {

/** One outgoing SSRC of a session. */
struct Stream {
  uint32_t session;
  uint32_t ssrc;
  /** One-byte-form header extension elements that every packet carries (RFC 8285 section 4.2). */
  std::vector<uint8_t> extensionElements;
  /** Null where RTX repairs. */
  std::unique_ptr<SentPackets> sent;
};

}  // namespace rivero
