import { type Milliseconds, type MonotonicMs, type RandomBytes, randomUint16, type StreamHandle } from '@rivero/core';
import { writeMid } from '@rivero/protocol/rtp';
import { BitrateMeter } from './bitrate-meter.ts';
import { SequenceRewriter } from './forward/sequence-rewriter.ts';
import { resendAudioMax, resendVideoMax } from './limits.ts';
import type { ConsumerParameters, RouterSink } from './parameters.ts';
import type { Producer } from './producer.ts';
import type { RouterSession } from './router-session.ts';
import { ResendLimiter } from './send/resend-limiter.ts';
import type { ConsumerStatistics } from './statistics.ts';

/** The report that we sent last, to recognize it in the receiver's reports. */
export interface SentReport {
  readonly compactNtp: number;
  readonly at: MonotonicMs;
}

/** Sequence numbers begin below 2^14, so that a receiver that misses the first packets guesses the rollover right. */
const firstSequenceMask = 0x3fff;

/** A producer's track as it goes out to one peer. */
export class Consumer {
  readonly id: string;
  readonly session: RouterSession;
  readonly producer: Producer;
  readonly parameters: ConsumerParameters;
  readonly rewriter: SequenceRewriter;
  readonly resends = new ResendLimiter();
  readonly bitrate = new BitrateMeter();
  readonly #random: RandomBytes;
  stream: StreamHandle | undefined;
  rtxStream: StreamHandle | undefined;
  /** Extended sequence number of the next RTX packet. */
  nextRtxSequence: number;
  /** The producer's epoch that is forwarded; -1: waits for a beginning. */
  epoch = -1;
  /** The epoch to whose clock its timestamps belong; -1: nothing was sent. */
  clockEpoch = -1;
  /** Nothing is sent for now. */
  isPaused: boolean;
  lastSentAt: MonotonicMs | undefined;
  packetCount = 0;
  byteCount = 0;
  nackCount = 0;
  retransmitCount = 0;
  keyframeRequestCount = 0;
  fractionLost = 0;
  jitterMs = 0;
  roundTripTime: Milliseconds | undefined;
  sentReport: SentReport | undefined;

  constructor(options: {
    readonly id: string;
    readonly session: RouterSession;
    readonly producer: Producer;
    readonly parameters: ConsumerParameters;
    readonly isPaused: boolean;
    readonly random: RandomBytes;
  }) {
    this.id = options.id;
    this.session = options.session;
    this.producer = options.producer;
    this.parameters = options.parameters;
    this.isPaused = options.isPaused;
    this.#random = options.random;
    this.rewriter = new SequenceRewriter(randomUint16(this.#random) & firstSequenceMask);
    this.nextRtxSequence = randomUint16(this.#random) & firstSequenceMask;
  }

  /** Of the newest packets that many can be sent again as they were; 0 where RTX does that, or nobody asks. */
  get resendMax(): number {
    const { feedback, rtxSsrc } = this.parameters;
    if (!feedback.nack || rtxSsrc !== undefined) return 0;
    return this.producer.parameters.kind === 'video' ? resendVideoMax : resendAudioMax;
  }

  /** SRTP keys are there: its streams can be opened, and packets can go. */
  connect(sink: RouterSink): void {
    const session = this.session.handle;
    if (session === undefined || this.stream !== undefined) return;
    const { ssrc, rtxSsrc, mid, extensions } = this.parameters;
    const extensionElements = extensions.mid === undefined ? new Uint8Array(0) : midElement(extensions.mid, mid);
    const hasRtx = rtxSsrc !== undefined;
    this.stream = sink.openStream({ session, ssrc, extensionElements, resendMax: this.resendMax });
    if (hasRtx) this.rtxStream = sink.openStream({ session, ssrc: rtxSsrc, extensionElements, resendMax: 0 });
  }

  /** Sends nothing until {@link isPaused} is false again, and begins anew then. */
  pause(): void {
    this.isPaused = true;
    this.epoch = -1;
  }

  close(sink: RouterSink): void {
    if (this.stream !== undefined) sink.closeStream(this.stream);
    if (this.rtxStream !== undefined) sink.closeStream(this.rtxStream);
    this.stream = undefined;
    this.rtxStream = undefined;
  }

  get isFlowing(): boolean {
    return this.stream !== undefined && this.epoch === this.producer.epoch;
  }

  statistics(now: MonotonicMs): ConsumerStatistics {
    return {
      id: this.id,
      producerId: this.producer.id,
      packets: this.packetCount,
      bytes: this.byteCount,
      bitrate: this.bitrate.bitrate(now),
      nacks: this.nackCount,
      retransmitted: this.retransmitCount,
      fractionLost: this.fractionLost,
      jitterMs: this.jitterMs,
      roundTripTime: this.roundTripTime,
      keyframeRequests: this.keyframeRequestCount,
      isFlowing: this.isFlowing,
      isPaused: this.isPaused,
    };
  }
}

function midElement(id: number, mid: string): Uint8Array {
  const element = new Uint8Array(17);
  return element.slice(0, writeMid(element, 0, id, mid));
}
