#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sent-tags.h"
#include "srtp-sender.h"

namespace rivero {

/** One outgoing SSRC of a session. */
struct Stream {
  uint32_t session;
  uint32_t ssrc;
  /** Its sender's, of its SSRC; null before the first packet. */
  SrtpSender::Window* window;
  /** One-byte-form header extension elements that every packet carries (RFC 8285 section 4.2). */
  std::vector<uint8_t> extensionElements;
  /** Left out where RTX repairs. */
  std::optional<SentTags> sent;
};

}  // namespace rivero
