import { assert } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, newRtcpPacket, type RtcpBody, rtcpPacketType } from './rtcp-header.ts';
import { readStatusChunks, receivedLarge, receivedSmall, writeStatusChunks } from './transport-status-chunks.ts';

/** Both SSRCs, base sequence and status count, reference time and feedback count. */
const fixedLength = 16;

/** One packet that arrived. */
export interface TransportArrival {
  /** Transport-wide sequence number, 16 bits. */
  readonly sequence: number;
  /** Arrival in 250 µs ticks since the feedback's reference time. */
  readonly ticks: number;
}

/** When each packet of a range of transport-wide sequence numbers arrived. */
export interface TransportFeedback {
  readonly type: 'transport-feedback';
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  readonly baseSequence: number;
  /** How many sequence numbers, from the base on, this is about; those without an arrival were not received. */
  readonly statusCount: number;
  /** In units of 64 ms; 24 bits, wraps. */
  readonly referenceTime: number;
  /** Counts the feedback packets, 8 bits. */
  readonly feedbackCount: number;
  /** In sequence order, each within the range. */
  readonly arrivals: readonly TransportArrival[];
}

/** Arrival ticks of one unit of the reference time. */
export const ticksPerReferenceUnit = 256;

/** Arrival ticks of one millisecond. */
export const ticksPerMs = 4;

/** The delta between two arrivals has 16 bits, signed. */
export const tickDeltaMin = -0x8000;
export const tickDeltaMax = 0x7fff;

/** A delta of one byte. */
const smallDeltaMax = 0xff;

/**
 *     |                  SSRC of packet sender                        |
 *     |                  SSRC of media source                         |
 *     |      base sequence number     |      packet status count      |
 *     |                 reference time                | fb pkt. count |
 *     |          packet chunk         |  ...
 *     |  recv delta (8 or 16 bits, for every packet received)  ...    |
 *
 * Source: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
 */
export function parseTransportFeedback(body: RtcpBody): TransportFeedback | RtcpDefect {
  const { view } = body;
  if (view.byteLength < fixedLength) return 'truncated';
  const baseSequence = view.getUint16(8);
  const statusCount = view.getUint16(10);
  const word = view.getUint32(12);
  const statuses = readStatusChunks(view, fixedLength, statusCount);
  if (typeof statuses === 'string') return statuses;

  const arrivals: TransportArrival[] = [];
  let at = statuses.end;
  let ticks = 0;
  for (const { index, isLarge } of statuses.received) {
    if (at + (isLarge ? 2 : 1) > view.byteLength) return 'truncated';
    ticks += isLarge ? view.getInt16(at) : view.getUint8(at);
    at += isLarge ? 2 : 1;
    arrivals.push({ sequence: (baseSequence + index) & 0xffff, ticks });
  }
  return {
    type: 'transport-feedback',
    senderSsrc: view.getUint32(0),
    mediaSsrc: view.getUint32(4),
    baseSequence,
    statusCount,
    referenceTime: word >>> 8,
    feedbackCount: word & 0xff,
    arrivals,
  };
}

export function serializeTransportFeedback(feedback: TransportFeedback): DataView {
  const { statuses, deltas, deltaBytes } = statusesAndDeltas(feedback);
  const chunks = writeStatusChunks(statuses);
  const length = (fixedLength + chunks.length * 2 + deltaBytes + 3) & ~3;
  const view = newRtcpPacket(rtcpPacketType.transportLayerFeedback, feedbackFormat.transportWide, length);
  view.setUint32(4, feedback.senderSsrc);
  view.setUint32(8, feedback.mediaSsrc);
  view.setUint16(12, feedback.baseSequence);
  view.setUint16(14, feedback.statusCount);
  view.setUint32(16, ((feedback.referenceTime << 8) | (feedback.feedbackCount & 0xff)) >>> 0);
  let at = 4 + fixedLength;
  for (const chunk of chunks) {
    view.setUint16(at, chunk);
    at += 2;
  }
  for (let i = 0; i < deltas.length; i++) {
    const delta = deltas[i];
    if (isSmall(delta)) view.setUint8(at, delta);
    else view.setInt16(at, delta);
    at += isSmall(delta) ? 1 : 2;
  }
  return view;
}

/** There is an arrival a packet: no object, and nothing of an iterator, for each. */
function statusesAndDeltas(feedback: TransportFeedback): {
  readonly statuses: Uint8Array;
  readonly deltas: Int16Array;
  readonly deltaBytes: number;
} {
  const { arrivals } = feedback;
  const statuses = new Uint8Array(feedback.statusCount);
  const deltas = new Int16Array(arrivals.length);
  let deltaBytes = 0;
  let ticks = 0;
  let previous = -1;
  for (let i = 0; i < arrivals.length; i++) {
    const arrival = arrivals[i];
    const index = (arrival.sequence - feedback.baseSequence) & 0xffff;
    const delta = arrival.ticks - ticks;
    assert(index > previous && index < feedback.statusCount, 'arrivals are in sequence order within the range');
    assert(delta >= tickDeltaMin && delta <= tickDeltaMax, 'a delta of arrivals has 16 bits');
    statuses[index] = isSmall(delta) ? receivedSmall : receivedLarge;
    deltas[i] = delta;
    deltaBytes += isSmall(delta) ? 1 : 2;
    previous = index;
    ticks = arrival.ticks;
  }
  return { statuses, deltas, deltaBytes };
}

function isSmall(delta: number): boolean {
  return delta >= 0 && delta <= smallDeltaMax;
}
