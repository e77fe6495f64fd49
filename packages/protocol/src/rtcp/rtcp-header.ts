import { appendToCompound } from './compound-scratch.ts';

/** RTCP packet types (RFC 3550 section 12.1, RFC 4585 section 6.1, RFC 3611). */
export const rtcpPacketType = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  bye: 203,
  transportLayerFeedback: 205,
  payloadSpecificFeedback: 206,
} as const;

/** Feedback message types: FMT of packet types 205 and 206 (RFC 4585, RFC 5104, draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export const feedbackFormat = {
  genericNack: 1,
  transportWide: 15,
  pictureLossIndication: 1,
  fullIntraRequest: 4,
  applicationLayer: 15,
} as const;

/** Bytes of the common header. */
export const rtcpHeaderLength = 4;

/** The count field has five bits (RFC 3550 section 6.4.1). */
export const rtcpCountMax = 31;

/** What is behind the common header of one packet, padding taken off: what each message's parser gets. */
export interface RtcpBody {
  readonly packetType: number;
  /** RC, SC or FMT: the five bits behind version and padding. */
  readonly count: number;
  readonly view: DataView;
}

/** The bytes of a body, as a view. */
export function bodyBytes(body: RtcpBody, from = 0): Uint8Array {
  return new Uint8Array(body.view.buffer, body.view.byteOffset + from, body.view.byteLength - from);
}

/**
 * The next packet of the compound, with its common header written and `bodyLength` zero bytes behind it, to be filled before the
 * one after it is asked for; `bodyLength` is a multiple of 4.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |V=2|P|  count  |      PT       |       length in words - 1     |
 *
 * Source: RFC 3550 section 6.4.1.
 */
export function newRtcpPacket(packetType: number, count: number, bodyLength: number): DataView<ArrayBuffer> {
  const view = appendToCompound(rtcpHeaderLength + bodyLength);
  view.setUint8(0, 0x80 | count);
  view.setUint8(1, packetType);
  view.setUint16(2, bodyLength / 4);
  return view;
}
