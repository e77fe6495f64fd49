import { assert, type BitsPerSecond, bitsPerSecond } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, newRtcpPacket, type RtcpBody, rtcpPacketType } from './rtcp-header.ts';

/** 'REMB' in ASCII: tells this from other application layer feedback. */
const identifier = 0x52454d42;

const mantissaMax = 0x3ffff;
const exponentMax = 63;
const ssrcsMax = 255;

/** The receiver's estimate of what the way to it bears, over all the listed streams together. */
export interface ReceiverEstimatedMaximumBitrate {
  readonly type: 'remb';
  readonly senderSsrc: number;
  /** 18 significant bits on the wire; serialized rounded down. */
  readonly bitrate: BitsPerSecond;
  /** At most 255. */
  readonly ssrcs: readonly number[];
}

/** True for application layer feedback with the REMB identifier. */
export function isRemb(body: RtcpBody): boolean {
  return body.view.byteLength >= 12 && body.view.getUint32(8) === identifier;
}

/**
 *     |                  SSRC of packet sender                        |
 *     |                  SSRC of media source: unused, 0              |
 *     |  Unique identifier 'R' 'E' 'M' 'B'                            |
 *     |  Num SSRC     | BR Exp    |  BR Mantissa                      |
 *     |   SSRC feedback ...                                           |
 *
 * Source: draft-alvestrand-rmcat-remb-03 section 2.2.
 */
export function parseRemb(body: RtcpBody): ReceiverEstimatedMaximumBitrate | RtcpDefect {
  const { view } = body;
  if (view.byteLength < 16) return 'truncated';
  const word = view.getUint32(12);
  const count = word >>> 24;
  if (view.byteLength < 16 + count * 4) return 'truncated';
  const ssrcs: number[] = [];
  for (let i = 0; i < count; i++) ssrcs.push(view.getUint32(16 + i * 4));
  const bitrate = bitsPerSecond((word & mantissaMax) * 2 ** ((word >>> 18) & exponentMax));
  return { type: 'remb', senderSsrc: view.getUint32(0), bitrate, ssrcs };
}

export function serializeRemb(remb: ReceiverEstimatedMaximumBitrate): DataView {
  assert(remb.ssrcs.length <= ssrcsMax, 'a REMB lists at most 255 streams');
  const length = 16 + remb.ssrcs.length * 4;
  const view = newRtcpPacket(rtcpPacketType.payloadSpecificFeedback, feedbackFormat.applicationLayer, length);
  let mantissa = Math.max(0, Math.floor(remb.bitrate));
  let exponent = 0;
  while (mantissa > mantissaMax && exponent < exponentMax) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  view.setUint32(4, remb.senderSsrc);
  view.setUint32(12, identifier);
  view.setUint32(16, ((remb.ssrcs.length << 24) | (exponent << 18) | Math.min(mantissa, mantissaMax)) >>> 0);
  let at = 20;
  for (const ssrc of remb.ssrcs) {
    view.setUint32(at, ssrc);
    at += 4;
  }
  return view;
}
