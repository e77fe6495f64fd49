import type { BitsPerSecond, Milliseconds } from '@rivero/core';
import type { MediaKind } from './parameters.ts';

export interface ProducerStatistics {
  readonly id: string;
  readonly kind: MediaKind;
  readonly codec: string;
  readonly packets: number;
  /** RTP payload bytes. */
  readonly bytes: number;
  /** Of RTP payload, in the last second. */
  readonly bitrate: BitsPerSecond;
  /** Never arrived so far, by any way. */
  readonly lost: number;
  /** Arrived after they were missed. */
  readonly recovered: number;
  /** Missed for so long that nobody waits for them. */
  readonly givenUp: number;
  readonly duplicates: number;
  /** Packets asked for. */
  readonly nacks: number;
  readonly jitterMs: number;
  readonly keyframes: number;
  readonly keyframeRequests: number;
  /** dBov, 0 to -127 (RFC 6464). */
  readonly audioLevel: number | undefined;
  readonly consumers: number;
  /** Of them those that are paused. */
  readonly pausedConsumers: number;
}

export interface ConsumerStatistics {
  readonly id: string;
  readonly producerId: string;
  readonly packets: number;
  /** RTP payload bytes; what is sent again is not counted. */
  readonly bytes: number;
  /** Of RTP payload, in the last second. */
  readonly bitrate: BitsPerSecond;
  /** Packets that the receiver asked for, and of them those sent again. */
  readonly nacks: number;
  readonly retransmitted: number;
  /** From the receiver's reports: share of the last interval (0 to 1), and jitter. */
  readonly fractionLost: number;
  readonly jitterMs: number;
  readonly roundTripTime: Milliseconds | undefined;
  readonly keyframeRequests: number;
  /** False: waits for a keyframe, or is paused. */
  readonly isFlowing: boolean;
  /** Its receiver wants nothing of it for now. */
  readonly isPaused: boolean;
}

export interface RouterStatistics {
  readonly producers: readonly ProducerStatistics[];
  readonly consumers: readonly ConsumerStatistics[];
  /** What was dropped, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}
