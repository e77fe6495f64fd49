import { assert } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, newRtcpPacket, type RtcpBody, rtcpPacketType } from './rtcp-header.ts';

/** PID and BLP pairs that fit a packet's 16-bit length. */
const nackPairsMax = 0xfffd;

/** Packets that are missing and should be sent again. */
export interface GenericNack {
  readonly type: 'nack';
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** In the order of the packet; at most 17 for every 4 bytes of it. */
  readonly lostSequences: readonly number[];
}

/** One lost packet, and a bit for each of the 16 that follow it. */
export interface NackPair {
  readonly pid: number;
  readonly blp: number;
}

/** The pairs that name these sequence numbers, which are in sending order (wrap-around included) and not repeated. */
export function packNackPairs(lostSequences: readonly number[]): readonly NackPair[] {
  const pairs: { pid: number; blp: number }[] = [];
  let current: { pid: number; blp: number } | undefined;
  for (const sequence of lostSequences) {
    const ahead = current === undefined ? 0 : (sequence - current.pid) & 0xffff;
    if (current !== undefined && ahead >= 1 && ahead <= 16) {
      current.blp |= 1 << (ahead - 1);
    } else if (current === undefined || ahead !== 0) {
      current = { pid: sequence & 0xffff, blp: 0 };
      pairs.push(current);
    }
  }
  return pairs;
}

/** The sequence numbers that the pairs name, in the pairs' order. */
export function unpackNackPairs(pairs: readonly NackPair[]): number[] {
  const sequences: number[] = [];
  for (const { pid, blp } of pairs) {
    sequences.push(pid);
    for (let bit = 0; bit < 16; bit++) if ((blp & (1 << bit)) !== 0) sequences.push((pid + bit + 1) & 0xffff);
  }
  return sequences;
}

/**
 *     |                  SSRC of packet sender                        |
 *     |                  SSRC of media source                         |
 *     |            PID                |             BLP               |  one or more
 *
 * Source: RFC 4585 section 6.2.1.
 */
export function parseGenericNack(body: RtcpBody): GenericNack | RtcpDefect {
  const { view } = body;
  if (view.byteLength < 12) return 'truncated';
  const pairs: NackPair[] = [];
  for (let at = 8; at + 4 <= view.byteLength; at += 4) {
    pairs.push({ pid: view.getUint16(at), blp: view.getUint16(at + 2) });
  }
  return {
    type: 'nack',
    senderSsrc: view.getUint32(0),
    mediaSsrc: view.getUint32(4),
    lostSequences: unpackNackPairs(pairs),
  };
}

export function serializeGenericNack(nack: GenericNack): DataView {
  const pairs = packNackPairs(nack.lostSequences);
  assert(pairs.length > 0 && pairs.length <= nackPairsMax, 'a NACK names at least one packet and fits one RTCP packet');
  const view = newRtcpPacket(rtcpPacketType.transportLayerFeedback, feedbackFormat.genericNack, 8 + pairs.length * 4);
  view.setUint32(4, nack.senderSsrc);
  view.setUint32(8, nack.mediaSsrc);
  let at = 12;
  for (const { pid, blp } of pairs) {
    view.setUint16(at, pid);
    view.setUint16(at + 2, blp);
    at += 4;
  }
  return view;
}
