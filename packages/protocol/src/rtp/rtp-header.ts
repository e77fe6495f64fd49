/** Why bytes are not an RTP packet. */
export const rtpDefects = ['truncated', 'bad-version', 'bad-padding', 'empty-rtx'] as const;

export type RtpDefect = (typeof rtpDefects)[number];

/** Bytes of the fixed header (RFC 3550 section 5.1). */
export const rtpFixedHeaderLength = 12;

/**
 * One packet's header, in an object that is filled again for every packet. All offsets are absolute in the bytes that
 * were parsed, so the header needs no view of its own.
 */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  csrcCount: number;
  /** "Defined by profile" of the header extension: 0xBEDE, 0x1000 and so on; 0 when there is none. */
  extensionProfile: number;
  /** Where the extension's elements begin, behind profile and length; meaningless when `extensionLength` is 0. */
  extensionOffset: number;
  extensionLength: number;
  payloadOffset: number;
  /** Without padding; 0 for a packet of padding alone. */
  payloadLength: number;
  paddingLength: number;
}

/** An RtpHeader to be filled by {@link parseRtpHeader}. */
export function emptyRtpHeader(): RtpHeader {
  return {
    payloadType: 0,
    marker: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    csrcCount: 0,
    extensionProfile: 0,
    extensionOffset: 0,
    extensionLength: 0,
    payloadOffset: 0,
    payloadLength: 0,
    paddingLength: 0,
  };
}

/**
 * Reads the header of the packet at `offset`; on a defect `into` holds nothing of use.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *     |                           timestamp                           |
 *     |           synchronization source (SSRC) identifier            |
 *     |            contributing source (CSRC) identifiers  0 to 15    |
 *     |      defined by profile       |   length in 32-bit words      |  when X
 *
 * Source: RFC 3550 sections 5.1 and 5.3.1.
 */
export function parseRtpHeader(
  bytes: Uint8Array,
  offset: number,
  length: number,
  into: RtpHeader,
): RtpDefect | undefined {
  const end = offset + length;
  if (length < rtpFixedHeaderLength || end > bytes.length) return 'truncated';
  const first = bytes[offset];
  if (first >> 6 !== 2) return 'bad-version';
  const second = bytes[offset + 1];
  into.marker = second > 0x7f;
  into.payloadType = second & 0x7f;
  into.sequence = (bytes[offset + 2] << 8) | bytes[offset + 3];
  into.timestamp = readUint32(bytes, offset + 4);
  into.ssrc = readUint32(bytes, offset + 8);
  into.csrcCount = first & 0x0f;

  let payload = offset + rtpFixedHeaderLength + into.csrcCount * 4;
  into.extensionProfile = 0;
  into.extensionOffset = 0;
  into.extensionLength = 0;
  if ((first & 0x10) !== 0) {
    if (payload + 4 > end) return 'truncated';
    into.extensionProfile = (bytes[payload] << 8) | bytes[payload + 1];
    into.extensionLength = ((bytes[payload + 2] << 8) | bytes[payload + 3]) * 4;
    into.extensionOffset = payload + 4;
    payload = into.extensionOffset + into.extensionLength;
  }
  if (payload > end) return 'truncated';

  into.paddingLength = 0;
  if ((first & 0x20) !== 0) {
    if (payload === end) return 'bad-padding';
    into.paddingLength = bytes[end - 1];
    if (into.paddingLength === 0 || payload + into.paddingLength > end) return 'bad-padding';
  }
  into.payloadOffset = payload;
  into.payloadLength = end - payload - into.paddingLength;
  return undefined;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}
