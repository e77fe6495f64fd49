import { rtpFixedHeaderLength } from './rtp-header.ts';

/** The fields of a header without padding, CSRCs and extension. */
export interface RtpHeaderFields {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Writes the fixed header at `offset` and answers its length, 12; `closeOneByteExtension` adds an extension to it (RFC 3550 section 5.1). */
export function writeRtpHeader(out: Uint8Array, offset: number, fields: RtpHeaderFields): number {
  const { payloadType, marker, sequence, timestamp, ssrc } = fields;
  out[offset] = 0x80;
  out[offset + 1] = (marker ? 0x80 : 0) | payloadType;
  out[offset + 2] = sequence >> 8;
  out[offset + 3] = sequence;
  out[offset + 4] = timestamp >>> 24;
  out[offset + 5] = timestamp >>> 16;
  out[offset + 6] = timestamp >>> 8;
  out[offset + 7] = timestamp;
  out[offset + 8] = ssrc >>> 24;
  out[offset + 9] = ssrc >>> 16;
  out[offset + 10] = ssrc >>> 8;
  out[offset + 11] = ssrc;
  return rtpFixedHeaderLength;
}
