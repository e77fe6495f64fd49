import type { Room } from './room.ts';

/** Tells who speaks, to those who speak too, if that changed. */
export function tellSpeakers(room: Room): void {
  const speakers = new Set<string>();
  for (const trackId of room.speakingTrackIds) {
    const publisher = room.publisherOf(trackId);
    if (publisher !== undefined) speakers.add(publisher.id);
  }
  const participantIds = [...speakers];
  if (participantIds.join() === room.speakers.join()) return;
  room.speakers = participantIds;
  room.tell(undefined, 'speakers-changed', { participantIds });
}
