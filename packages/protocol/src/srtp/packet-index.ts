/** The packet index has 48 bits (RFC 3711 section 3.3.1). */
export const rtpIndexMax = 2 ** 48 - 1;

/** The SRTCP index has 31 bits (RFC 3711 section 3.4). */
export const rtcpIndexMax = 2 ** 31 - 1;

/** The packet index of a rollover counter and a sequence number. */
export function packetIndex(rolloverCounter: number, sequence: number): number {
  return rolloverCounter * 0x10000 + sequence;
}

/**
 * The index that a packet with this sequence number most likely has, given the highest authenticated index, or -1 for
 * none yet: the one nearest to it, in the first cycle at the start. Negative when it would be before the first cycle.
 * Source: RFC 3711 section 3.3.1 and appendix A.
 */
export function estimatePacketIndex(highest: number, sequence: number): number {
  if (highest < 0) return sequence;
  const last = highest & 0xffff;
  const rolloverCounter = Math.floor(highest / 0x10000);
  let guess = rolloverCounter;
  if (last < 0x8000) {
    if (sequence - last > 0x8000) guess = rolloverCounter - 1;
  } else if (last - 0x8000 > sequence) {
    guess = rolloverCounter + 1;
  }
  return packetIndex(guess, sequence);
}
