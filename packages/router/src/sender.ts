import {
  type BitsPerSecond,
  bitsPerSecond,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  type RandomBytes,
  randomUint16,
  type SessionHandle,
  type StreamHandle,
} from '@rivero/core';
import { compactNtpToMs, type ReportBlock } from '@rivero/protocol/rtcp';
import { writeMid } from '@rivero/protocol/rtp';
import { BitrateMeter } from './bitrate-meter.ts';
import type { Consumer } from './consumer.ts';
import { SequenceRewriter } from './forward/sequence-rewriter.ts';
import { resendAudioMax, resendVideoMax } from './limits.ts';
import type { RouterSink, SenderParameters } from './parameters.ts';
import type { RouterSession } from './router-session.ts';
import { ResendLimiter } from './send/resend-limiter.ts';
import type { SenderStatistics } from './statistics.ts';

/** The report that we sent last, to recognize it in the receiver's reports. */
export interface SentReport {
  readonly compactNtp: number;
  readonly at: MonotonicMs;
}

/** Sequence numbers begin below 2^14, so that a receiver that misses the first packets guesses the rollover right. */
const firstSequenceMask = 0x3fff;

/**
 * A place for one outgoing track: its SSRCs, and all that must go on under them when another producer takes it. An index
 * of SRTP is never used twice (RFC 3711 section 9.1), so numbers and time only ever rise. A lasting one is opened and
 * closed by itself, any other together with its one consumer.
 */
export class Sender {
  // First what is read or written for each packet, as in Consumer.
  stream: StreamHandle | undefined;
  readonly rewriter: SequenceRewriter;
  readonly bitrate = new BitrateMeter();
  packetCount = 0;
  byteCount = 0;
  /** In whole ms; -1: nothing was sent. */
  lastSentAt = -1;
  readonly id: string;
  readonly session: RouterSession;
  readonly parameters: SenderParameters;
  readonly isLasting: boolean;
  readonly resends = new ResendLimiter();
  /** Whose keys its streams have. */
  #connectedTo: SessionHandle | undefined;
  /** What it carries now. */
  consumer: Consumer | undefined;
  rtxStream: StreamHandle | undefined;
  /** Of the newest packets that many can be sent again under their numbers; 0 where RTX does that, or nobody asks. */
  resendMax = 0;
  /** Extended sequence number of the next RTX packet. */
  nextRtxSequence: number;
  nackCount = 0;
  retransmitCount = 0;
  keyframeRequestCount = 0;
  pliCount = 0;
  firCount = 0;
  packetsLost = 0;
  fractionLost = 0;
  jitterMs = 0;
  roundTripTime: Milliseconds | undefined;
  sentReport: SentReport | undefined;

  constructor(options: {
    readonly id: string;
    readonly session: RouterSession;
    readonly parameters: SenderParameters;
    readonly isLasting: boolean;
    readonly random: RandomBytes;
  }) {
    this.id = options.id;
    this.session = options.session;
    this.parameters = options.parameters;
    this.isLasting = options.isLasting;
    this.rewriter = new SequenceRewriter(randomUint16(options.random) & firstSequenceMask);
    this.nextRtxSequence = randomUint16(options.random) & firstSequenceMask;
  }

  /**
   * With SRTP keys, and with something to send: opens its streams, and others when the keys are new. What they keep is
   * said by what it carries at that moment.
   */
  connect(sink: RouterSink, { codec, feedback }: Pick<Consumer, 'codec' | 'feedback'>): void {
    const session = this.session.handle;
    if (session === undefined || (session === this.#connectedTo && this.stream !== undefined)) return;
    this.close(sink);
    this.#connectedTo = session;
    const { kind, ssrc, rtxSsrc, mid, extensions } = this.parameters;
    const extensionElements = extensions.mid === undefined ? new Uint8Array(0) : midElement(extensions.mid, mid);
    const isResent = feedback.nack && (rtxSsrc === undefined || codec.rtxPayloadType === undefined);
    this.resendMax = isResent ? (kind === 'video' ? resendVideoMax : resendAudioMax) : 0;
    this.stream = sink.openStream({ session, ssrc, extensionElements, resendMax: this.resendMax });
    if (rtxSsrc !== undefined)
      this.rtxStream = sink.openStream({ session, ssrc: rtxSsrc, extensionElements, resendMax: 0 });
  }

  /** What the receiver reports of it. */
  handleReport(report: ReportBlock, now: MonotonicMs): void {
    this.fractionLost = report.fractionLost / 256;
    this.packetsLost = Math.max(0, report.cumulativeLost);
    if (this.consumer !== undefined) this.jitterMs = (report.jitter / this.consumer.codec.clockRate) * 1000;
    const { sentReport } = this;
    if (sentReport === undefined || report.lastSenderReport !== sentReport.compactNtp) return;
    const roundTrip = now - sentReport.at - compactNtpToMs(report.delaySinceLastSenderReport);
    this.roundTripTime = milliseconds(Math.max(0, roundTrip));
  }

  close(sink: RouterSink): void {
    if (this.stream !== undefined) sink.closeStream(this.stream);
    if (this.rtxStream !== undefined) sink.closeStream(this.rtxStream);
    this.stream = undefined;
    this.rtxStream = undefined;
  }

  /** What the receiver said last that it can receive; 0: nothing. */
  get remb(): BitsPerSecond {
    const { remb } = this.session;
    return this.parameters.kind === 'audio' || remb === undefined ? bitsPerSecond(0) : remb;
  }

  statistics(now: MonotonicMs): SenderStatistics {
    return {
      kind: this.parameters.kind,
      ssrc: this.parameters.ssrc,
      packets: this.packetCount,
      bytes: this.byteCount,
      bitrate: this.bitrate.bitrate(now),
      nacks: this.nackCount,
      retransmitted: this.retransmitCount,
      packetsLost: this.packetsLost,
      fractionLost: this.fractionLost,
      jitterMs: this.jitterMs,
      roundTripTime: this.roundTripTime,
      keyframeRequests: this.keyframeRequestCount,
      pliCount: this.pliCount,
      firCount: this.firCount,
      remb: this.remb,
    };
  }
}

function midElement(id: number, mid: string): Uint8Array {
  const element = new Uint8Array(17);
  return element.slice(0, writeMid(element, 0, id, mid));
}
