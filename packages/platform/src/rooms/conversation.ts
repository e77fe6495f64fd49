import type { ChatMessage, Reaction } from '@rivero/api';
import type { RandomBytes, WallClockMs } from '@rivero/core';
import type { Seat } from './room-registry.ts';
import { randomToken } from './random-token.ts';

/** Random bytes of a message's name. */
const messageIdBytes = 9;

/** What participants say and show to each other. Everything is refused to who has left: `not-in-room`. */
export class Conversation {
  readonly #random: RandomBytes;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** Says something to everybody else, and to those who come later. */
  sendChat({ room, participant }: Seat, text: string, at: WallClockMs): ChatMessage {
    room.assertHas(participant);
    const messageId = randomToken(this.#random, messageIdBytes);
    const message = { messageId, participantId: participant.id, name: participant.name, text, at };
    room.chat.add(message);
    room.tell(participant, 'chat-message', message);
    return message;
  }

  /** Shows a reaction to everybody else who is there just now. */
  react({ room, participant }: Seat, reaction: Reaction): void {
    room.assertHas(participant);
    room.tell(participant, 'reaction', { participantId: participant.id, reaction });
  }

  /** Answers since when the hand is raised; one that is raised already keeps its place. */
  setHand({ room, participant }: Seat, raised: boolean, at: WallClockMs): WallClockMs | null {
    room.assertHas(participant);
    if (raised !== (participant.handRaisedAt !== null)) {
      participant.handRaisedAt = raised ? room.nextHandAt(at) : null;
      const { id: participantId, handRaisedAt } = participant;
      room.tell(participant, 'hand-changed', { participantId, handRaisedAt });
    }
    return participant.handRaisedAt;
  }
}
