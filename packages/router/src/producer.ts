import { earliest, type MonotonicMs, never, type PacketPool } from '@rivero/core';
import type { NtpTimestamp } from '@rivero/protocol/rtcp';
import { isVideoCodecName, SequenceUnwrapper, type VideoCodecName } from '@rivero/protocol/rtp';
import { BitrateMeter } from './bitrate-meter.ts';
import type { Consumer } from './consumer.ts';
import { cachePacketsAudio, cachePacketsVideo } from './limits.ts';
import type { ProducerParameters } from './parameters.ts';
import { KeyframeRequester } from './receive/keyframe-requester.ts';
import { LossDetector } from './receive/loss-detector.ts';
import { ReceptionStatistics } from './receive/reception-statistics.ts';
import { type CachedPacket, RetransmissionCache } from './receive/retransmission-cache.ts';
import type { RouterSession } from './router-session.ts';
import type { Voice } from './speakers/voice.ts';
import type { ProducerStatistics } from './statistics.ts';

/** The publisher's last sender report: ties its RTP time to its wall clock (RFC 3550 section 6.4.1). */
export interface SenderClock {
  readonly ntp: NtpTimestamp;
  readonly rtpTimestamp: number;
  readonly arrivedAt: MonotonicMs;
}

/** A track that comes in, and everything that its consumers share. */
export class Producer {
  readonly id: string;
  readonly session: RouterSession;
  readonly parameters: ProducerParameters;
  readonly videoCodec: VideoCodecName | undefined;
  readonly cache: RetransmissionCache;
  readonly losses = new LossDetector();
  readonly keyframes = new KeyframeRequester();
  readonly bitrate = new BitrateMeter();
  readonly consumers = new Set<Consumer>();
  /** Packets of the batch in hand, in the order they came. */
  readonly pending: CachedPacket[] = [];
  sequences = new SequenceUnwrapper();
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
  keyframeCount = 0;
  nackCount = 0;
  audioLevel = -1;
  /** Of the track by which its session is heard to speak. */
  voice: Voice | undefined;
  firSequence = 0;

  constructor(id: string, session: RouterSession, parameters: ProducerParameters, pool: PacketPool) {
    this.id = id;
    this.session = session;
    this.parameters = parameters;
    const { name, clockRate } = parameters.codec;
    this.videoCodec = isVideoCodecName(name) ? name : undefined;
    this.cache = new RetransmissionCache(pool, parameters.kind === 'video' ? cachePacketsVideo : cachePacketsAudio);
    this.reception = new ReceptionStatistics(clockRate);
    this.ssrc = parameters.ssrc;
    this.rtxSsrc = parameters.rtxSsrc;
  }

  /** Another SSRC, or the same one with a jump, carries the track from now on. */
  beginStream(ssrc: number): void {
    this.ssrc = ssrc;
    this.epoch += 1;
    this.sequences = new SequenceUnwrapper();
    this.reception = new ReceptionStatistics(this.parameters.codec.clockRate);
    this.losses.reset();
    // What the same batch brought of the stream before has other numbers, and its slots are released.
    this.pending.length = 0;
    this.cache.clear();
    this.clock = undefined;
    if (this.isReceived) this.keyframes.want();
  }

  /** Somebody receives it, or waits for it. */
  get isReceived(): boolean {
    for (const { isPaused } of this.consumers) if (!isPaused) return true;
    return false;
  }

  /** What was given up is missing from the picture until a keyframe comes, if there is one and somebody sees it. */
  handleGivenUp(): void {
    if (this.losses.takeGivenUp() && this.videoCodec !== undefined && this.isReceived) this.keyframes.want();
  }

  deadline(): MonotonicMs {
    // Nobody can be asked before the SSRC and the keys are known.
    if (this.ssrc === undefined || this.session.handle === undefined) return never;
    return earliest(this.keyframes.deadline(), this.losses.deadline(), this.cache.deadline());
  }

  statistics(now: MonotonicMs): ProducerStatistics {
    return {
      id: this.id,
      kind: this.parameters.kind,
      codec: this.parameters.codec.name,
      packets: this.packetCount,
      bytes: this.byteCount,
      bitrate: this.bitrate.bitrate(now),
      lost: this.reception.cumulativeLost,
      recovered: this.losses.recoveredCount,
      givenUp: this.losses.givenUpCount,
      duplicates: this.duplicateCount,
      nacks: this.nackCount,
      jitterMs: this.reception.jitterMs,
      keyframes: this.keyframeCount,
      keyframeRequests: this.keyframes.requestCount,
      audioLevel: this.audioLevel === -1 ? undefined : -(this.audioLevel & 0x7f),
      consumers: this.consumers.size,
      pausedConsumers: [...this.consumers].filter(({ isPaused }) => isPaused).length,
    };
  }

  close(): void {
    this.pending.length = 0;
    this.cache.clear();
  }
}
