import { type MonotonicMs, never, type SessionHandle } from '@rivero/core';
import { TransportFeedbackRecorder } from '@rivero/protocol/rtcp';
import type { Consumer } from './consumer.ts';
import type { RouterSessionId } from './parameters.ts';
import type { Producer } from './producer.ts';

/** What one peer sends to us under one SSRC. */
export interface IncomingStream {
  readonly producer: Producer;
  readonly isRtx: boolean;
}

/** One peer in the router: what it sends, what it receives, and its RTCP. */
export class RouterSession {
  readonly id: RouterSessionId;
  /** The SSRC under which we report as a receiver. */
  readonly localSsrc: number;
  readonly cname: string;
  readonly producers = new Set<Producer>();
  readonly consumers = new Set<Consumer>();
  readonly incoming = new Map<number, IncomingStream>();
  readonly consumersBySsrc = new Map<number, Consumer>();
  readonly unknownSsrcs = new Set<number>();
  readonly transportFeedback: TransportFeedbackRecorder;
  /** Of the last packet that transport-wide feedback is due for. */
  feedbackSsrc = 0;
  handle: SessionHandle | undefined;
  reportAt: MonotonicMs = never;
  feedbackAt: MonotonicMs = never;

  constructor(id: RouterSessionId, localSsrc: number) {
    this.id = id;
    this.localSsrc = localSsrc;
    this.cname = `rivero-${localSsrc.toString(16)}`;
    this.transportFeedback = new TransportFeedbackRecorder({ senderSsrc: localSsrc, mediaSsrc: 0 });
  }
}
