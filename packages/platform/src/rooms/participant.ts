import type { Participant, Role, ServerEvents, Track } from '@rivero/api';
import {
  after,
  type BucketSize,
  earliest,
  milliseconds,
  type MonotonicMs,
  never,
  TokenBucket,
  type WallClockMs,
} from '@rivero/core';
import type { PeerState } from '@rivero/engine';
import type { EndpointListener } from './endpoint-listener.ts';

/** How a participant is told what happens. */
export interface ParticipantConnection {
  send<Name extends keyof ServerEvents>(event: Name, ...args: Parameters<ServerEvents[Name]>): void;
  /** Another connection took up its participant. */
  replaced(): void;
  /** Of who comes by endpoints, one for each whom it receives, and not by one peer for all. */
  readonly endpoints?: EndpointListener;
}

/** A participant whose socket is lost and whose media goes on may come back for that long. */
export const resumeTimeout = milliseconds(30_000);

/** One whose media stopped too was killed or lost its network; it is not waited for as long. */
export const silentTimeout = milliseconds(12_000);

/** Whoever has made no offer by then takes somebody's place, and nothing else. */
export const offerTimeout = milliseconds(30_000);

/** How often one participant can be asked to mute, by all hosts together. */
export const muteAskRate: BucketSize = { burstMax: 4, perSecond: 0.2 };

/** Somebody in a room. Whoever changes it is the {@link RoomRegistry}. */
export class RoomParticipant {
  readonly id: string;
  readonly name: string;
  readonly resumeToken: string;
  readonly joinedAt: MonotonicMs;
  readonly tracks = new Map<string, Track>();
  /** Names of the others' tracks that it asked not to be sent; of tracks that are there only. */
  readonly notReceived = new Set<string>();
  /** Those to whom nothing of its own is sent, as it asked; of participants who are there only. */
  readonly notSentTo = new Set<string>();
  /** Counts up whenever it is to be sent others. */
  receptionVersion = 0;
  readonly muteAsks: TokenBucket;
  /** False: it has no words for what hosts do. */
  readonly canHost: boolean;
  role: Role;
  /** null: its hand is not raised. */
  handRaisedAt: WallClockMs | null = null;
  /** undefined: its socket is lost. */
  connection: ParticipantConnection | undefined;
  /** Since when its socket is lost. */
  awayAt: MonotonicMs | undefined;
  /** undefined: the engine has told nothing of its association yet, or it has none. */
  mediaState: PeerState | undefined;
  /** An offer was answered, once at least. */
  hasNegotiated = false;

  constructor(options: {
    readonly id: string;
    readonly name: string;
    readonly resumeToken: string;
    readonly joinedAt: MonotonicMs;
    readonly role: Role;
    readonly canHost: boolean;
  }) {
    this.id = options.id;
    this.name = options.name;
    this.resumeToken = options.resumeToken;
    this.joinedAt = options.joinedAt;
    this.muteAsks = new TokenBucket(muteAskRate, options.joinedAt);
    this.canHost = options.canHost;
    this.role = options.role;
  }

  /** When it is to be removed because nobody is there any more, or does nothing there. */
  deadline(): MonotonicMs {
    return this.hasNegotiated
      ? this.#awayDeadline()
      : earliest(this.#awayDeadline(), after(this.joinedAt, offerTimeout));
  }

  describe(): Participant {
    return {
      participantId: this.id,
      name: this.name,
      away: this.awayAt !== undefined,
      role: this.role,
      handRaisedAt: this.handRaisedAt,
      tracks: [...this.tracks.values()],
    };
  }

  #awayDeadline(): MonotonicMs {
    if (this.awayAt === undefined) return never;
    // A failed association said good-bye or is long dead.
    if (this.mediaState === 'failed') return this.awayAt;
    return after(this.awayAt, this.mediaState === 'connected' ? resumeTimeout : silentTimeout);
  }
}
