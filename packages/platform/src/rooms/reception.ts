import { CodedError } from '@rivero/core';
import type { RoomParticipant } from './participant.ts';
import type { Room } from './room.ts';
import type { Seat } from './room-registry.ts';
import { withholders } from './sending.ts';

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

/** Tracks that are not to be sent to this participant for now: it does not want them, or their owner does not want it. */
export function pausedTrackIds(room: Room, participant: RoomParticipant): readonly string[] {
  const withheld = withholders(room, participant).flatMap(({ tracks }) => [...tracks.keys()]);
  return [...new Set([...participant.notReceived, ...withheld])];
}

/** The track is no more, and what anybody wished of it neither: so nobody wishes more than there are tracks. */
export function forgetTrack(room: Room, trackId: string): void {
  for (const { notReceived } of room.participants.values()) notReceived.delete(trackId);
}
