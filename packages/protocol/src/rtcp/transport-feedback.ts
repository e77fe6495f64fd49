import type { RtcpDefect } from './rtcp-defect.ts';
import type { RtcpBody } from './rtcp-header.ts';

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
  /** In units of 64 ms; signed 24 bits, wraps. */
  readonly referenceTime: number;
  /** Counts the feedback packets, 8 bits. */
  readonly feedbackCount: number;
  /** In sequence order. */
  readonly arrivals: readonly TransportArrival[];
}

export function parseTransportFeedback(body: RtcpBody): TransportFeedback | RtcpDefect {
  void body;
  return 'malformed';
}

export function serializeTransportFeedback(feedback: TransportFeedback): DataView {
  void feedback;
  return new DataView(new ArrayBuffer(0));
}
