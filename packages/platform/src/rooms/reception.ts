import { CodedError } from '@rivero/core';
import type { Room } from './room.ts';
import type { Seat } from './room-registry.ts';

/**
 * Notes whether a participant wants to be sent a track of somebody else; false: it is as it was. Refused: `not-in-room`,
 * `track-unknown`.
 */
export function setReceived({ room, participant }: Seat, trackId: string, received: boolean): boolean {
  room.assertHas(participant);
  const publisher = room.publisherOf(trackId);
  if (publisher === undefined || publisher === participant) {
    throw new CodedError('track-unknown', 'Nobody else publishes such a track.', { trackId });
  }
  const { notReceived } = participant;
  if (notReceived.has(trackId) !== received) return false;
  if (received) notReceived.delete(trackId);
  else notReceived.add(trackId);
  participant.receptionVersion += 1;
  return true;
}

/** The track is no more, and what anybody wished of it neither: so nobody wishes more than there are tracks. */
export function forgetTrack(room: Room, trackId: string): void {
  for (const { notReceived } of room.participants.values()) notReceived.delete(trackId);
}
