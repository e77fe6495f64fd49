import { bodyBytes, newRtcpPacket, type RtcpBody } from './rtcp-header.ts';

/** A packet whose type or format is not understood (XR, APP, SLI ...), skipped by its length. */
export interface UnknownRtcp {
  readonly type: 'unknown';
  readonly packetType: number;
  /** The five bits behind version and padding. */
  readonly count: number;
  /** What follows the common header: a view of the compound's bytes, without padding. */
  readonly body: Uint8Array;
}

export function unknownRtcp(body: RtcpBody): UnknownRtcp {
  return { type: 'unknown', packetType: body.packetType, count: body.count, body: bodyBytes(body) };
}

export function serializeUnknown(packet: UnknownRtcp): DataView {
  const view = newRtcpPacket(packet.packetType, packet.count, (packet.body.length + 3) & ~3);
  new Uint8Array(view.buffer, view.byteOffset).set(packet.body, 4);
  return view;
}
