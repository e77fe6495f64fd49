import { milliseconds, type MonotonicMs, monotonicMs } from '@rivero/core';
import { type RtcpPacket, wallClockFromNtp } from '@rivero/protocol/rtcp';
import {
  emptyRtpHeader,
  parseRtpHeader,
  SequenceUnwrapper,
  unwrapRtx,
  writeRtpHeader,
  writeRtxPrefix,
} from '@rivero/protocol/rtp';
import { FrameJudge } from '../media/frame-judge.ts';
import { SyntheticVideo } from '../media/synthetic-video.ts';

/** Sent packets that can be sent again. */
const historyMax = 512;

/** A video that the peer sends, with the history that answers NACKs by RTX. */
export class SentVideo {
  readonly video: SyntheticVideo;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly payloadType: number;
  readonly rtxPayloadType: number;
  readonly #history = new Map<number, Uint8Array>();
  #sequence = 0;
  #rtxSequence = 0;

  constructor(options: {
    readonly ssrc: number;
    readonly rtxSsrc: number;
    readonly payloadType: number;
    readonly rtxPayloadType: number;
    /** Number of its first frame; left out: 0. */
    readonly firstFrame?: number;
  }) {
    this.video = new SyntheticVideo(options.firstFrame);
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.payloadType = options.payloadType;
    this.rtxPayloadType = options.rtxPayloadType;
  }

  /** The RTP packets of the next frame, and the rollover counter of each. */
  nextFrame(now: MonotonicMs): readonly { readonly packet: Uint8Array; readonly rolloverCounter: number }[] {
    const payloads = this.video.nextFrame(now);
    return payloads.map((payload, i) => {
      const index = this.#sequence++;
      const sequence = index & 0xffff;
      const packet = new Uint8Array(12 + payload.length);
      const { payloadType, ssrc } = this;
      const timestamp = Math.round(now * 90) >>> 0;
      writeRtpHeader(packet, 0, { payloadType, marker: i === payloads.length - 1, sequence, timestamp, ssrc });
      packet.set(payload, 12);
      this.#history.set(sequence, packet);
      this.#history.delete((sequence - historyMax) & 0xffff);
      return { packet, rolloverCounter: Math.floor(index / 65_536) };
    });
  }

  /** The RTX packets that a NACK asks for. */
  retransmit(lost: readonly number[]): readonly Uint8Array[] {
    return lost.flatMap((sequence) => {
      const original = this.#history.get(sequence);
      if (original === undefined) return [];
      const header = emptyRtpHeader();
      parseRtpHeader(original, 0, original.length, header);
      const packet = new Uint8Array(original.length + 2);
      const { rtxPayloadType: payloadType, rtxSsrc: ssrc } = this;
      const { marker, timestamp } = header;
      writeRtpHeader(packet, 0, { payloadType, marker, sequence: this.#rtxSequence++ & 0xffff, timestamp, ssrc });
      packet.set(original.subarray(12), writeRtxPrefix(packet, 12, sequence));
      return [packet];
    });
  }
}

/** How long a receiver waits for a lost packet before it asks again, and how often. */
const nackInterval = milliseconds(60);
const nacksMax = 10;
const stuckAfter = milliseconds(350);
const pliInterval = milliseconds(300);

/** A video that the peer receives as a browser would: asks for what is lost, and for a keyframe when it is stuck. */
export class ReceivedVideo {
  /** May be replaced, where another video goes on in its place. */
  judge: FrameJudge;
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
  readonly payloadType: number;
  readonly #header = emptyRtpHeader();
  readonly #sequences = new SequenceUnwrapper();
  readonly #missing = new Map<number, { at: MonotonicMs; count: number }>();
  readonly #seen = new Set<number>();
  /** Came by RTX, and may still come by themselves, if they were only late. */
  readonly #repaired = new Set<number>();
  #pliAt = monotonicMs(0);
  /** Of the newest packet that is no RTX. */
  lastPayloadType: number | undefined;
  /** Packets that came twice in the same stream: what a receiver must never see. */
  repeatedCount = 0;
  senderReports: { readonly ntpMs: number; readonly rtpTimestamp: number }[] = [];

  /** `judge`: of the stream that this one takes the place of. */
  constructor(options: {
    readonly ssrc: number;
    readonly rtxSsrc?: number;
    readonly payloadType: number;
    readonly judge?: FrameJudge;
  }) {
    this.judge = options.judge ?? new FrameJudge();
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.payloadType = options.payloadType;
  }

  handlePacket(packet: Uint8Array, now: MonotonicMs): void {
    const header = this.#header;
    if (parseRtpHeader(packet, 0, packet.length, header) !== undefined) return;
    const isRtx = header.ssrc === this.rtxSsrc;
    if (isRtx && unwrapRtx(packet, header, { ssrc: this.ssrc, payloadType: this.payloadType }) !== undefined) return;
    if (!isRtx) this.lastPayloadType = header.payloadType;
    const { newest } = this.#sequences;
    const sequence = this.#sequences.unwrap(header.sequence);
    if (this.#seen.has(sequence)) {
      if (!isRtx && !this.#repaired.delete(sequence)) this.repeatedCount += 1;
      return;
    }
    this.#seen.add(sequence);
    if (isRtx) this.#repaired.add(sequence);
    this.#missing.delete(sequence);
    if (newest !== undefined)
      for (let lost = newest + 1; lost < sequence; lost++) this.#missing.set(lost, { at: now, count: 0 });
    this.judge.handlePayload(packet.slice(header.payloadOffset, header.payloadOffset + header.payloadLength), now);
  }

  /** Packets that came, each counted once. */
  get packetCount(): number {
    return this.#seen.size;
  }

  /** The greatest sequence number that came, extended. */
  get newestSequence(): number {
    return this.#sequences.newest ?? -1;
  }

  /** The least sequence number that came, extended. */
  get oldestSequence(): number {
    return Math.min(...this.#seen);
  }

  handleSenderReport(report: RtcpPacket & { readonly type: 'sr' }): void {
    this.senderReports.push({ ntpMs: wallClockFromNtp(report.ntp), rtpTimestamp: report.rtpTimestamp });
  }

  /** The feedback to send now. */
  poll(senderSsrc: number, now: MonotonicMs): readonly RtcpPacket[] {
    const feedback: RtcpPacket[] = [];
    const lostSequences: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (now < missing.at) continue;
      missing.at = monotonicMs(now + nackInterval);
      missing.count += 1;
      if (missing.count > nacksMax) this.#missing.delete(sequence);
      else lostSequences.push(sequence & 0xffff);
    }
    if (lostSequences.length > 0) feedback.push({ type: 'nack', senderSsrc, mediaSsrc: this.ssrc, lostSequences });
    if (this.judge.isStuck(now, stuckAfter) && now >= this.#pliAt) {
      this.#pliAt = monotonicMs(now + pliInterval);
      feedback.push({ type: 'pli', senderSsrc, mediaSsrc: this.ssrc });
    }
    return feedback;
  }
}
