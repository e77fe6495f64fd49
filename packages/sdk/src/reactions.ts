import type { Reaction } from '@rivero/api';
import type { RoomContext } from './room-part.ts';
import type { Roster } from './roster.ts';

/** Shows reactions to the others, and tells theirs by an event of the room. */
export class Reactions {
  readonly #signaling: RoomContext['signaling'];

  constructor({ signaling, events }: RoomContext, roster: Roster) {
    this.#signaling = signaling;
    signaling.socket.on('reaction', ({ participantId, reaction }) => {
      const participant = roster.get(participantId);
      if (participant !== undefined) events.emit('reaction', reaction, participant);
    });
  }

  async show(reaction: Reaction): Promise<void> {
    await this.#signaling.request('react', { reaction });
  }
}
