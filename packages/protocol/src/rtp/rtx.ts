import type { RtpDefect, RtpHeader } from './rtp-header.ts';

/** Bytes of the original sequence number (OSN) in front of a retransmitted payload (RFC 4588 section 4). */
export const rtxPrefixLength = 2;

/** Writes the original sequence number at `offset`, which is where the RTX payload begins; answers where the original payload goes. */
export function writeRtxPrefix(out: Uint8Array, offset: number, originalSequence: number): number {
  out[offset] = originalSequence >> 8;
  out[offset + 1] = originalSequence;
  return offset + rtxPrefixLength;
}

/**
 * Turns the header of an RTX packet into the one that the original packet had: sequence number, SSRC, payload type, and
 * a payload without the prefix. No bytes are moved or written. `empty-rtx` for padding, as probes for bandwidth are.
 * Source: RFC 4588 section 4.
 */
export function unwrapRtx(
  bytes: Uint8Array,
  header: RtpHeader,
  original: { readonly ssrc: number; readonly payloadType: number },
): RtpDefect | undefined {
  if (header.payloadLength < rtxPrefixLength) return 'empty-rtx';
  header.sequence = (bytes[header.payloadOffset] << 8) | bytes[header.payloadOffset + 1];
  header.ssrc = original.ssrc;
  header.payloadType = original.payloadType;
  header.payloadOffset += rtxPrefixLength;
  header.payloadLength -= rtxPrefixLength;
  return undefined;
}
