/** STUN messages begin with 0 to 3 (RFC 7983 section 7). */
export const stunFirstByteMax = 3;

/** True for RTP, RTCP and what became of them by SRTP (RFC 7983 section 7). */
export function isMediaPacket(first: number): boolean {
  return first >= 128 && first <= 191;
}

/** True for packets that are handed over as they are: STUN and DTLS (RFC 7983 section 7). */
export function isSignallingPacket(first: number): boolean {
  return first <= stunFirstByteMax || (first >= 20 && first <= 63);
}

/** RTCP packet types 192 to 223 share the byte with RTP's marker and payload type (RFC 5761 section 4). */
export function isRtcpPacket(packet: Uint8Array): boolean {
  return packet[1] >= 192 && packet[1] <= 223;
}
