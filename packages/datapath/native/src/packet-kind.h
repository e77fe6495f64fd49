#pragma once

#include <cstdint>

namespace rivero {

/** STUN messages begin with 0 to 3 (RFC 7983 section 7). */
inline constexpr uint8_t stunFirstByteMax = 3;

/** True for RTP, RTCP and what became of them by SRTP (RFC 7983 section 7). */
inline bool isMediaPacket(uint8_t first) {
  return first >= 128 && first <= 191;
}

/** True for packets that are handed over as they are: STUN and DTLS (RFC 7983 section 7). */
inline bool isSignallingPacket(uint8_t first) {
  return first <= stunFirstByteMax || (first >= 20 && first <= 63);
}

/** RTCP packet types 192 to 223 share the byte with RTP's marker and payload type (RFC 5761 section 4). */
inline bool isRtcpPacket(const uint8_t* packet, int length) {
  return length > 1 && packet[1] >= 192 && packet[1] <= 223;
}

}  // namespace rivero
