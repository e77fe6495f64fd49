import type { ServerEvents } from '@rivero/api';
import { earliest, type MonotonicMs, never } from '@rivero/core';
import type { RoomParticipant } from './participant.ts';
import { SerialQueue } from './serial-queue.ts';

/** One room: who is in it. */
export class Room {
  readonly id: string;
  readonly queue = new SerialQueue();
  readonly participants = new Map<string, RoomParticipant>();
  /** It is open in the engine. */
  hasMedia = false;

  constructor(id: string) {
    this.id = id;
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

  /** The tracks of everybody else. */
  trackIdsFor(participant: RoomParticipant): readonly string[] {
    return [...this.participants.values()].flatMap((other) => (other === participant ? [] : [...other.tracks.keys()]));
  }

  publisherOf(trackId: string): RoomParticipant | undefined {
    return [...this.participants.values()].find(({ tracks }) => tracks.has(trackId));
  }

  deadline(): MonotonicMs {
    return earliest(never, ...[...this.participants.values()].map((participant) => participant.deadline()));
  }
}
