#pragma once

#include <cstdint>

namespace rivero {

/** The packet index has 48 bits (RFC 3711 section 3.3.1). */
inline constexpr int64_t rtpIndexMax = (int64_t{1} << 48) - 1;

/** The SRTCP index has 31 bits (RFC 3711 section 3.4). */
inline constexpr int64_t rtcpIndexMax = (int64_t{1} << 31) - 1;

/** The packet index of a rollover counter and a sequence number. */
inline int64_t packetIndex(int64_t rolloverCounter, uint16_t sequence) {
  return rolloverCounter * 0x10000 + sequence;
}

/**
 * The index that a packet with this sequence number most likely has, given the highest authenticated index, or -1 for
 * none yet: the one nearest to it, in the first cycle at the start. Negative when it would be before the first cycle.
 * Source: RFC 3711 section 3.3.1 and appendix A.
 */
inline int64_t estimatePacketIndex(int64_t highest, uint16_t sequence) {
  if (highest < 0) return sequence;
  const int64_t last = highest & 0xffff;
  int64_t guess = highest >> 16;
  if (last < 0x8000) {
    if (sequence - last > 0x8000) guess -= 1;
  } else if (last - 0x8000 > sequence) {
    guess += 1;
  }
  return packetIndex(guess, sequence);
}

}  // namespace rivero
