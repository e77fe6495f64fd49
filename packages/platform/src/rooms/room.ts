import type { ServerEvents, TrackKind } from '@rivero/api';
import { CodedError, earliestOf, type MonotonicMs, type WallClockMs, wallClockMs } from '@rivero/core';
import { ChatHistory } from './chat-history.ts';
import type { RoomParticipant } from './participant.ts';

/** One room: who is in it, and what was said there. */
export class Room {
  readonly id: string;
  readonly participants = new Map<string, RoomParticipant>();
  readonly chat = new ChatHistory();
  /** Secret of the hosts: whoever joins with it is one too. */
  hostToken: string;
  /** Nobody joins but who has the host token. */
  isLocked = false;
  /** Media goes by relays only; that is up to the clients. */
  isRelayOnly = false;
  /** Voices of those who speak, as the engine told last; they may not be published here yet, or no more. */
  speakingTrackIds: readonly string[] = [];
  /** Who speaks, as everybody was told last. */
  speakers: readonly string[] = [];
  /** Counts up whenever its tracks are others. */
  tracksVersion = 0;

  constructor(id: string, hostToken: string) {
    this.id = id;
    this.hostToken = hostToken;
  }

  /** Tells everybody, but for the one left out. */
  tell<Name extends keyof ServerEvents>(
    except: RoomParticipant | undefined,
    event: Name,
    ...args: Parameters<ServerEvents[Name]>
  ): void {
    for (const participant of this.participants.values()) {
      if (participant !== except) participant.connection?.send(event, ...args);
    }
  }

  has(participant: RoomParticipant): boolean {
    return this.participants.get(participant.id) === participant;
  }

  /** Refuses whoever has left: `not-in-room`. */
  assertHas(participant: RoomParticipant): void {
    if (!this.has(participant)) {
      throw new CodedError('not-in-room', 'You are not in the room any more; join again.');
    }
  }

  /** Refused: `participant-unknown`. */
  participant(participantId: string): RoomParticipant {
    const participant = this.participants.get(participantId);
    if (participant === undefined) {
      throw new CodedError('participant-unknown', 'This participant is not in the room any more.', { participantId });
    }
    return participant;
  }

  /** The tracks of everybody else. */
  trackIdsFor(participant: RoomParticipant): readonly string[] {
    return [...this.participants.values()].flatMap((other) => (other === participant ? [] : [...other.tracks.keys()]));
  }

  /** How many tracks of that kind everybody else publishes. */
  countTracksFor(participant: RoomParticipant, kind: TrackKind): number {
    let count = 0;
    for (const other of this.participants.values()) {
      if (other === participant) continue;
      for (const track of other.tracks.values()) if (track.kind === kind) count += 1;
    }
    return count;
  }

  /** When a hand counts as raised: behind all that are, though the clock be set back or two come at once. */
  nextHandAt(at: WallClockMs): WallClockMs {
    const raised = [...this.participants.values()].map(({ handRaisedAt }) => handRaisedAt ?? Number.NEGATIVE_INFINITY);
    return wallClockMs(Math.max(at, ...raised.map((last) => last + 1)));
  }

  publisherOf(trackId: string): RoomParticipant | undefined {
    for (const participant of this.participants.values()) if (participant.tracks.has(trackId)) return participant;
    return undefined;
  }

  deadline(): MonotonicMs {
    return earliestOf([...this.participants.values()].map((participant) => participant.deadline()));
  }
}
