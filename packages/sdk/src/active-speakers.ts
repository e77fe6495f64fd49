import type { RoomSnapshot } from '@rivero/api';
import type { RoomContext, RoomPart } from './room-part.ts';
import type { Roster } from './roster.ts';

/** Who speaks, as the server hears it. Nobody, while the server cannot be reached. */
export class ActiveSpeakers implements RoomPart {
  readonly #events: RoomContext['events'];
  readonly #roster: Roster;
  #participantIds: readonly string[] = [];

  constructor({ events, signaling: { socket } }: RoomContext, roster: Roster) {
    this.#events = events;
    this.#roster = roster;
    socket.on('speakers-changed', ({ participantIds }) => this.#set(participantIds));
    socket.on('disconnect', () => this.#set([]));
  }

  /** The main speaker first. */
  get participantIds(): readonly string[] {
    return this.#participantIds;
  }

  follow({ speakers }: RoomSnapshot): void {
    this.#set(speakers);
  }

  close(): void {
    this.#participantIds = [];
  }

  #set(participantIds: readonly string[]): void {
    if (participantIds.join() === this.#participantIds.join()) return;
    this.#participantIds = participantIds;
    this.#roster.setSpeaking(new Set(participantIds));
    this.#events.emit('activeSpeakersChanged', participantIds);
  }
}
