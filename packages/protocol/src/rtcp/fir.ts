import { assert } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, newRtcpPacket, type RtcpBody, rtcpPacketType } from './rtcp-header.ts';

/** Entries that fit a packet's 16-bit length. */
const firEntriesMax = 0x7ffe;

export interface FirEntry {
  readonly ssrc: number;
  /** Command sequence number, 8 bits: the same number again is the same request again. */
  readonly sequence: number;
}

/** Commands to send a keyframe as soon as possible. */
export interface FullIntraRequest {
  readonly type: 'fir';
  readonly senderSsrc: number;
  readonly entries: readonly FirEntry[];
}

/**
 *     |                  SSRC of packet sender                        |
 *     |                  SSRC of media source: unused, 0              |
 *     |                              SSRC                             |  one or more
 *     | Seq nr.       |    Reserved                                   |
 *
 * Source: RFC 5104 section 4.3.1.1.
 */
export function parseFullIntraRequest(body: RtcpBody): FullIntraRequest | RtcpDefect {
  const { view } = body;
  if (view.byteLength < 16) return 'truncated';
  if (view.byteLength % 8 !== 0) return 'malformed';
  const entries: FirEntry[] = [];
  for (let at = 8; at < view.byteLength; at += 8) {
    entries.push({ ssrc: view.getUint32(at), sequence: view.getUint8(at + 4) });
  }
  return { type: 'fir', senderSsrc: view.getUint32(0), entries };
}

export function serializeFullIntraRequest(fir: FullIntraRequest): DataView {
  const { entries } = fir;
  assert(
    entries.length > 0 && entries.length <= firEntriesMax,
    'a FIR has at least one entry and fits one RTCP packet',
  );
  const length = 8 + entries.length * 8;
  const view = newRtcpPacket(rtcpPacketType.payloadSpecificFeedback, feedbackFormat.fullIntraRequest, length);
  view.setUint32(4, fir.senderSsrc);
  let at = 12;
  for (const entry of entries) {
    view.setUint32(at, entry.ssrc);
    view.setUint8(at + 4, entry.sequence);
    at += 8;
  }
  return view;
}
