import type { BitsPerSecond, Milliseconds } from '@rivero/core';
import type { MediaKind } from './parameters.ts';

export interface ProducerStatistics {
  readonly id: string;
  readonly kind: MediaKind;
  /** What comes now, and where. */
  readonly codec: string;
  readonly ssrc: number | undefined;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly packets: number;
  /** RTP payload bytes. */
  readonly bytes: number;
  /** Of RTP payload, in the last second. */
  readonly bitrate: BitsPerSecond;
  /** Never arrived so far, by any way. */
  readonly lost: number;
  /** Of the last report interval: 0 to 1. */
  readonly fractionLost: number;
  /** Arrived after they were missed. */
  readonly recovered: number;
  /** Missed for so long that nobody waits for them. */
  readonly givenUp: number;
  readonly duplicates: number;
  /** Packets asked for. */
  readonly nacks: number;
  readonly jitterMs: number;
  readonly keyframeRequests: number;
  /** Of the requests, those that were sent so. */
  readonly pliCount: number;
  readonly firCount: number;
  /** What the publisher was told last to send at most (REMB); 0: no limit. */
  readonly remb: BitsPerSecond;
  /** dBov, 0 to -127 (RFC 6464). */
  readonly audioLevel: number | undefined;
  readonly consumers: number;
  /** Of them those that are paused. */
  readonly pausedConsumers: number;
}

/** What went out under one SSRC, whoever produced it. */
export interface SenderStatistics {
  readonly kind: MediaKind;
  readonly ssrc: number;
  readonly packets: number;
  /** RTP payload bytes; what is sent again is not counted. */
  readonly bytes: number;
  /** Of RTP payload, in the last second. */
  readonly bitrate: BitsPerSecond;
  /** Packets that the receiver asked for, and of them those sent again. */
  readonly nacks: number;
  readonly retransmitted: number;
  /** From the receiver's reports: packets in all, share of the last interval (0 to 1), and jitter. */
  readonly packetsLost: number;
  readonly fractionLost: number;
  readonly jitterMs: number;
  readonly roundTripTime: Milliseconds | undefined;
  /** That came, and of them those of each kind. */
  readonly keyframeRequests: number;
  readonly pliCount: number;
  readonly firCount: number;
  /** What the receiver said last that it can receive (REMB); 0: nothing. */
  readonly remb: BitsPerSecond;
}

/** Of a lasting sender that carries nothing now. */
export interface IdleSenderStatistics extends SenderStatistics {
  readonly senderId: string;
}

export interface ConsumerStatistics extends SenderStatistics {
  readonly id: string;
  /** Of a consumer that a lasting sender carries. */
  readonly senderId?: string;
  readonly producerId: string;
  readonly payloadType: number;
  /** False: waits for a keyframe, or is paused. */
  readonly isFlowing: boolean;
  /** Its receiver wants nothing of it for now. */
  readonly isPaused: boolean;
}

/** What one session sends and receives. */
export interface SessionStatistics {
  readonly producers: readonly ProducerStatistics[];
  readonly consumers: readonly ConsumerStatistics[];
  /** The lasting senders that carry nothing now. */
  readonly senders: readonly IdleSenderStatistics[];
}

/** What all sessions of a router send and receive. */
export interface RouterStatistics extends SessionStatistics {
  /** What was dropped, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}
