import { type ConnectionStatistics, connectionStatistics } from './connection-statistics.ts';
import type { StatsReport } from './stats-report.ts';
import { type TrackInSection, type TrackStatistics, trackStatistics } from './track-statistics.ts';

/** How everything does that we send and receive. */
export interface RoomStatistics {
  /** On the wall clock, in milliseconds since 1970. */
  readonly at: number;
  readonly connection: ConnectionStatistics;
  readonly tracks: readonly TrackStatistics[];
}

/** What the sections of a peer connection carry, and what the browser reports of it. */
export interface Observation {
  readonly at: number;
  readonly report: StatsReport;
  readonly tracks: readonly TrackInSection[];
}

/** The observation as numbers; rates are since the report `before`. */
export function roomStatistics({ at, report, tracks }: Observation, before: StatsReport | undefined): RoomStatistics {
  return {
    at,
    connection: connectionStatistics(report, before),
    tracks: tracks.flatMap((track) => trackStatistics(track, report, before) ?? []),
  };
}
