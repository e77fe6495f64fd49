import type { RoomMedia } from './room-media.ts';
import type { Observation } from './room-statistics.ts';
import type { Roster } from './roster.ts';
import { statsReport } from './stats-report.ts';
import type { TrackInSection } from './track-statistics.ts';

export interface RoomObserverOptions {
  readonly media: RoomMedia;
  readonly roster: Roster;
  readonly participantId: () => string;
}

/** Looks at what the peer connection in use carries, for whom, and how. */
export async function observeRoom({ media, roster, participantId }: RoomObserverOptions): Promise<Observation> {
  const { connection } = media;
  const report = statsReport(await connection.peerConnection.getStats());
  const sent = connection.sentSections.map(({ mid, track: { trackId, kind, source } }): TrackInSection => {
    return { mid, direction: 'sent', participantId: participantId(), trackId, kind, source };
  });
  const received = roster.all.flatMap((participant) =>
    participant.tracks.flatMap(({ trackId, kind, source, mediaStreamTrack }): readonly TrackInSection[] => {
      const mid = mediaStreamTrack && connection.midReceiving(mediaStreamTrack);
      if (mid === undefined) return [];
      return [{ mid, direction: 'received', participantId: participant.participantId, trackId, kind, source }];
    }),
  );
  return { at: Date.now(), report, tracks: [...sent, ...received] };
}
