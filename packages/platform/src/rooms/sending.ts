import { CodedError } from '@rivero/core';
import type { RoomParticipant } from './participant.ts';
import type { Room } from './room.ts';
import type { Seat } from './room-registry.ts';

/**
 * Notes whether anything of a participant is sent to another one, who is told; false: it is as it was. Refused:
 * `not-in-room`, `participant-unknown`, `request-malformed` for oneself.
 */
export function setSent({ room, participant }: Seat, participantId: string, sent: boolean): boolean {
  room.assertHas(participant);
  const other = room.participant(participantId);
  if (other === participant) throw new CodedError('request-malformed', 'Nothing of yours is sent to yourself.');
  const { notSentTo } = participant;
  if (notSentTo.has(participantId) !== sent) return false;
  if (sent) notSentTo.delete(participantId);
  else notSentTo.add(participantId);
  other.receptionVersion += 1;
  other.connection?.send('participant-withholds', { participantId: participant.id, withholds: !sent });
  return true;
}

/** Those who send nothing to this participant. */
export function withholders(room: Room, { id }: RoomParticipant): readonly RoomParticipant[] {
  return [...room.participants.values()].filter(({ notSentTo }) => notSentTo.has(id));
}

/** Who has left is withheld nothing any more: so nobody's wishes are more than there are participants. */
export function forgetParticipant(room: Room, participantId: string): void {
  for (const { notSentTo } of room.participants.values()) notSentTo.delete(participantId);
}
