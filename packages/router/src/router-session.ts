import {
  after,
  type BitsPerSecond,
  earliest,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  never,
  type SessionHandle,
} from '@rivero/core';
import { type TransportFeedback, TransportFeedbackRecorder } from '@rivero/protocol/rtcp';
import type { ImportOrigin } from './cascade/import-origin.ts';
import type { Consumer } from './consumer.ts';
import { onGrid } from './deadline.ts';
import type { RouterSessionId } from './parameters.ts';
import type { Producer } from './producer.ts';
import { BitrateCap } from './receive/bitrate-cap.ts';
import type { ClockOffset } from './receive/clock-offset.ts';
import { ReceiverEstimate } from './receive/receiver-estimate.ts';
import type { Sender } from './sender.ts';
import type { SessionStatistics } from './statistics.ts';

/** Between transport-wide feedback messages: what libwebrtc's receivers begin with, of the 50 to 250 ms that they may choose. */
const feedbackInterval = milliseconds(100);

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
  /** The receiver report that says nothing, and stands before feedback of ours; made with the first. */
  emptyReport: Uint8Array | undefined;
  readonly producers = new Set<Producer>();
  readonly consumers = new Set<Consumer>();
  readonly incoming = new Map<number, IncomingStream>();
  /** Those that last, whatever they carry. */
  readonly senders = new Set<Sender>();
  readonly sendersBySsrc = new Map<number, Sender>();
  readonly unknownSsrcs = new Set<number>();
  /** What its peer is told to send at most. */
  readonly cap = new BitrateCap();
  /** Of its publisher, which may have several sessions. */
  readonly clockOffset: ClockOffset;
  /** Its publisher is in another router: there what its receivers want is asked for. */
  readonly origin: ImportOrigin | undefined;
  /** The peer's own last word on what it can receive (REMB). */
  remb: BitsPerSecond | undefined;
  readonly #estimate = new ReceiverEstimate();
  /** Header extension id of the transport-wide sequence number, the same in all sections of a BUNDLE (RFC 8843). */
  transportSequenceId: number | undefined;
  #transportFeedback: TransportFeedbackRecorder | undefined;
  /** The sender's SSRC that feedback names: libwebrtc ignores feedback whose media SSRC is not one of its own. */
  #feedbackSsrc = 0;
  handle: SessionHandle | undefined;
  reportAt: MonotonicMs = never;
  /** Before that no report is sent that says nothing. */
  emptyReportAt = monotonicMs(0);
  feedbackAt: MonotonicMs = never;

  constructor(options: {
    readonly id: RouterSessionId;
    readonly localSsrc: number;
    readonly clockOffset: ClockOffset;
    readonly origin: ImportOrigin | undefined;
  }) {
    const { id, localSsrc, clockOffset, origin } = options;
    this.id = id;
    this.localSsrc = localSsrc;
    this.clockOffset = clockOffset;
    this.origin = origin;
    this.cname = `rivero-${localSsrc.toString(16)}`;
  }

  /** How much video it can receive, in bits per second; infinite when nobody says. */
  get takes(): number {
    const { sendMax } = this.cap.limits;
    return Math.min(sendMax === 0 ? Number.POSITIVE_INFINITY : sendMax, this.#estimate.takes);
  }

  /** The peer's word on what it can receive. */
  handleRemb(bitrate: BitsPerSecond, now: MonotonicMs): void {
    this.remb = bitrate;
    let [fractionLost, roundTripTime]: [number, Milliseconds | undefined] = [0, undefined];
    for (const { sender } of this.consumers) {
      if (sender.parameters.kind !== 'video') continue;
      fractionLost = Math.max(fractionLost, sender.fractionLost);
      if (sender.roundTripTime !== undefined && sender.roundTripTime > (roundTripTime ?? 0))
        roundTripTime = sender.roundTripTime;
    }
    this.#estimate.handle(bitrate, { fractionLost, roundTripTime }, now);
  }

  /** What the weakest of those can receive who receive its video. */
  receiversTake(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { parameters, consumers, exports } of this.producers) {
      if (parameters.kind !== 'video') continue;
      for (const { takes } of exports.values()) least = Math.min(least, takes);
      for (const { isReceiving, sender } of consumers) if (isReceiving) least = Math.min(least, sender.session.takes);
    }
    return least;
  }

  /** SSRCs of its video, as far as they are known. */
  videoSsrcs(): readonly number[] {
    return [...this.producers].flatMap(({ parameters, ssrc }) =>
      parameters.kind !== 'video' || ssrc === undefined ? [] : [ssrc],
    );
  }

  statistics(now: MonotonicMs): SessionStatistics {
    const idle = [...this.senders].filter(({ consumer }) => consumer === undefined);
    return {
      producers: [...this.producers].map((producer) => producer.statistics(now)),
      consumers: [...this.consumers].map((consumer) => consumer.statistics(now)),
      senders: idle.map((sender) => ({ ...sender.statistics(now), senderId: sender.id })),
    };
  }

  /** Of its reports, its transport feedback and what its peer is told to send at most. */
  deadline(): MonotonicMs {
    return earliest(this.reportAt, this.feedbackAt, this.cap.deadline());
  }

  /** A packet with this transport-wide sequence number arrived: feedback is due. */
  recordTransportSequence(sequence: number, ssrc: number, now: MonotonicMs): void {
    this.#transportFeedback ??= new TransportFeedbackRecorder({ senderSsrc: this.localSsrc, mediaSsrc: 0 });
    this.#transportFeedback.handleArrival(sequence, now);
    this.#feedbackSsrc = ssrc;
    if (this.feedbackAt === never) this.feedbackAt = onGrid(after(now, feedbackInterval));
  }

  /** The feedback that is due, until `undefined`; the next is due after the next packet. Each is valid until the next call. */
  pollTransportFeedback(): TransportFeedback | undefined {
    this.feedbackAt = never;
    const feedback = this.#transportFeedback?.pollFeedback();
    return feedback === undefined ? undefined : { ...feedback, mediaSsrc: this.#feedbackSsrc };
  }
}
