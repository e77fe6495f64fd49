import type { Room } from './room.ts';

/** Tells who speaks, to those who speak too, if that changed. What a shared screen plays is nobody's voice. */
export function tellSpeakers(room: Room): void {
  const speakers = new Set<string>();
  for (const trackId of room.speakingTrackIds) {
    const publisher = room.publisherOf(trackId);
    if (publisher?.tracks.get(trackId)?.source === 'microphone') speakers.add(publisher.id);
  }
  const participantIds = [...speakers];
  if (participantIds.join() === room.speakers.join()) return;
  room.speakers = participantIds;
  room.tell(undefined, 'speakers-changed', { participantIds });
}
