import {
  bitsPerSecond,
  earliest,
  milliseconds,
  type MonotonicMs,
  never,
  type PacketPool,
  type WallClockMs,
} from '@rivero/core';
import { isVideoCodecName, SequenceUnwrapper, type VideoCodecName } from '@rivero/protocol/rtp';
import { IndexWindow } from '@rivero/protocol/srtp';
import { BitrateMeter } from './bitrate-meter.ts';
import type { ExportedClock, ExportSink, TrackExport } from './cascade/track-export.ts';
import type { Consumer } from './consumer.ts';
import { cachePacketsAudio, cachePacketsVideo } from './limits.ts';
import type { CodecParameters, ProducerParameters } from './parameters.ts';
import { Flow } from './receive/flow.ts';
import { KeyframeRequester } from './receive/keyframe-requester.ts';
import { LossDetector } from './receive/loss-detector.ts';
import { ReceptionStatistics } from './receive/reception-statistics.ts';
import { PendingPackets } from './receive/pending-packets.ts';
import { RetransmissionCache } from './receive/retransmission-cache.ts';
import type { RouterSession } from './router-session.ts';
import type { Voice } from './speakers/voice.ts';
import type { ProducerStatistics } from './statistics.ts';

/** Blocks of 32 numbers: more than {@link sequenceJumpMax}, before which everything is too old. */
const arrivedBlocks = 64;

/** Streams that follow one another: two that come at once would begin anew with each packet. */
const ssrcIntervalMin = milliseconds(1_000);

/** The publisher's last sender report: ties its RTP time to its wall clock (RFC 3550 section 6.4.1). */
export interface SenderClock {
  readonly time: WallClockMs;
  readonly rtpTimestamp: number;
  readonly arrivedAt: MonotonicMs;
}

/** A track that comes in, and everything that its consumers share. */
export class Producer {
  readonly id: string;
  readonly session: RouterSession;
  readonly parameters: ProducerParameters;
  /** Each told by its payload type. */
  readonly codecs: readonly CodecParameters[];
  /** The one that comes now. */
  codec: CodecParameters;
  /** The one that its owner knows of. */
  toldCodec: CodecParameters;
  videoCodec: VideoCodecName | undefined;
  codecChangedAt: MonotonicMs | undefined;
  readonly cache: RetransmissionCache;
  readonly losses = new LossDetector();
  readonly keyframes = new KeyframeRequester();
  readonly bitrate = new BitrateMeter();
  /** Of a track whose flow is watched. */
  readonly flow: Flow | undefined;
  readonly consumers = new Set<Consumer>();
  /** Other routers that have it from here. */
  readonly exports = new Map<ExportSink, TrackExport>();
  readonly pending = new PendingPackets();
  /** The batch in hand brought some. */
  isTouched = false;
  sequences = new SequenceUnwrapper();
  /** Which of the last numbers came, however long ago: nothing goes out twice. */
  arrived = new IndexWindow(arrivedBlocks);
  /** After a packet far ahead, the number that proves that the stream jumped (RFC 3550 appendix A.1). */
  jumpNext: number | undefined;
  reception: ReceptionStatistics;
  ssrc: number | undefined;
  rtxSsrc: number | undefined;
  /** Grows when another stream takes over: consumers begin anew at its first keyframe. */
  epoch = 0;
  clock: SenderClock | undefined;
  packetCount = 0;
  byteCount = 0;
  duplicateCount = 0;
  nackCount = 0;
  audioLevel = -1;
  /** Of the track by which its session is heard to speak. */
  voice: Voice | undefined;
  pliCount = 0;
  firCount = 0;
  /** Of a track of another router: the epoch there of what comes; -1: nothing came. */
  importedEpoch = -1;
  #importedClock: ExportedClock | undefined;
  #isToldReceived = false;
  #ssrcTakenAt: MonotonicMs | undefined;

  constructor(id: string, session: RouterSession, parameters: ProducerParameters, pool: PacketPool) {
    this.id = id;
    this.session = session;
    this.parameters = parameters;
    this.codecs = [parameters.codec, ...(parameters.alternatives ?? [])];
    this.codec = parameters.codec;
    this.toldCodec = parameters.codec;
    this.videoCodec = videoCodecOf(parameters.codec);
    this.flow = parameters.watchesFlow === true ? new Flow() : undefined;
    this.cache = new RetransmissionCache(pool, parameters.kind === 'video' ? cachePacketsVideo : cachePacketsAudio);
    this.reception = new ReceptionStatistics(parameters.codec.clockRate);
    this.ssrc = parameters.ssrc;
    this.rtxSsrc = parameters.rtxSsrc;
  }

  /** Its codec of this payload type, whether for media or for RTX. */
  codecOf(payloadType: number): CodecParameters | undefined {
    return this.codecs.find((codec) => codec.payloadType === payloadType || codec.rtxPayloadType === payloadType);
  }

  /** A packet of this unknown SSRC, with a payload type of this producer alone, can only be its. */
  mayTake(ssrc: number, now: MonotonicMs): boolean {
    if (this.ssrc === undefined) return true;
    const isSoon = this.#ssrcTakenAt !== undefined && now - this.#ssrcTakenAt < ssrcIntervalMin;
    if (this.parameters.followsSsrc !== true || isSoon || ssrc === this.rtxSsrc) return false;
    this.#ssrcTakenAt = now;
    return true;
  }

  /** The codec that a consumer of this one takes: what comes now, or what may come. */
  codecNamed(name: string): CodecParameters | undefined {
    return this.codec.name === name ? this.codec : this.codecs.find((codec) => codec.name === name);
  }

  /** Another SSRC, the same one with a jump, or another codec carries the track from now on. */
  beginStream(ssrc: number, codec: CodecParameters): void {
    this.ssrc = ssrc;
    this.codec = codec;
    this.videoCodec = videoCodecOf(codec);
    this.epoch += 1;
    this.sequences = new SequenceUnwrapper();
    this.arrived = new IndexWindow(arrivedBlocks);
    this.reception = new ReceptionStatistics(codec.clockRate);
    this.losses.reset();
    // What the same batch brought of the stream before has other numbers, and its slots are released.
    this.pending.clear();
    this.cache.clear();
    this.clock = undefined;
    this.wantKeyframe();
  }

  /** Somebody receives it, and what comes next is of no use without one. Sound has none. */
  wantKeyframe(): void {
    if (this.videoCodec !== undefined && this.isReceived) this.keyframes.want();
  }

  /** Another stream carries the track in the router that has its publisher. */
  beginImported(epoch: number, codec: CodecParameters): void {
    this.beginStream(this.ssrc ?? 0, codec);
    this.importedEpoch = epoch;
    if (this.#importedClock?.epoch === epoch) this.clock = this.#importedClock;
  }

  /** The clock of its publisher, as the other router knows it. It may come before the first packet of its stream. */
  setImportedClock(clock: ExportedClock): void {
    this.#importedClock = clock;
    if (clock.offset !== undefined) this.session.clockOffset.value = clock.offset;
    if (clock.epoch === this.importedEpoch) this.clock = clock;
  }

  /** Of a track of another router: says there whether somebody here receives it, when that changed. */
  tellReceived(): void {
    const { origin } = this.session;
    if (origin === undefined || this.isReceived === this.#isToldReceived) return;
    this.#isToldReceived = !this.#isToldReceived;
    // None comes any more that could end the asking.
    if (!this.#isToldReceived) this.keyframes.handleKeyframe();
    origin.setReceived(this.id, this.#isToldReceived);
  }

  /** Somebody receives it, or waits for it. */
  get isReceived(): boolean {
    for (const { wish } of this.exports.values()) if (wish === 'packets') return true;
    for (const { isPaused } of this.consumers) if (!isPaused) return true;
    return false;
  }

  /** What was given up is missing from the picture until a keyframe comes, if there is one and somebody sees it. */
  handleGivenUp(): void {
    if (this.losses.takeGivenUp()) this.wantKeyframe();
  }

  deadline(): MonotonicMs {
    // Nobody can be asked before the SSRC and the keys are known; another router can.
    const { origin, handle } = this.session;
    if (origin === undefined && (this.ssrc === undefined || handle === undefined)) return never;
    const flow = this.flow === undefined ? never : this.flow.deadline();
    return earliest(this.keyframes.deadline(), this.losses.deadline(), this.cache.deadline(), flow);
  }

  statistics(now: MonotonicMs): ProducerStatistics {
    return {
      id: this.id,
      kind: this.parameters.kind,
      codec: this.codec.name,
      ssrc: this.ssrc,
      payloadType: this.codec.payloadType,
      clockRate: this.codec.clockRate,
      packets: this.packetCount,
      bytes: this.byteCount,
      bitrate: this.bitrate.bitrate(now),
      lost: this.reception.lost,
      fractionLost: this.reception.fractionLost,
      recovered: this.losses.recoveredCount,
      givenUp: this.losses.givenUpCount,
      duplicates: this.duplicateCount,
      nacks: this.nackCount,
      jitterMs: this.reception.jitterMs,
      keyframeRequests: this.keyframes.requestCount,
      pliCount: this.pliCount,
      firCount: this.firCount,
      remb: this.parameters.kind === 'video' ? this.session.cap.told : bitsPerSecond(0),
      audioLevel: this.audioLevel === -1 ? undefined : -(this.audioLevel & 0x7f),
      consumers: this.consumers.size,
      pausedConsumers: [...this.consumers].filter(({ isPaused }) => isPaused).length,
    };
  }

  close(): void {
    this.pending.clear();
    this.cache.clear();
    this.exports.clear();
  }
}

function videoCodecOf({ name }: CodecParameters): VideoCodecName | undefined {
  return isVideoCodecName(name) ? name : undefined;
}
