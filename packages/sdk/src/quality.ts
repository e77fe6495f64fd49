import type { TrackSource } from '@rivero/api';
import type { RoomStatistics } from './room-statistics.ts';
import type { TrackStatistics } from './track-statistics.ts';

/** Why the quality is not better. */
export type QualityReason = 'good' | 'loss' | 'round-trip' | 'bandwidth' | 'frozen' | 'cpu' | 'disconnected';

/** How well a connection does. */
export interface Quality {
  /** 0: nothing flows. 5: nothing to wish for. */
  readonly level: 0 | 1 | 2 | 3 | 4 | 5;
  /** The worst of all that is wrong; `good` at level 5 only. */
  readonly reason: QualityReason;
}

type Level = Quality['level'];

/** Nothing to wish for, or nothing known yet. */
export const bestQuality: Quality = { level: 5, reason: 'good' };
export const lostQuality: Quality = { level: 0, reason: 'disconnected' };

/** Below the first bound level 5, below the second 4, and so on; 1 from the last on. Bounds of perception, not of a standard. */
type Bounds = readonly [number, number, number, number];

const lossBounds: Bounds = [0.01, 0.03, 0.07, 0.15];
const roundTripMsBounds: Bounds = [250, 400, 600, 1000];

/** A picture for which the path carries less than this, in bits per second: levels 1, 2, 3 and 4. */
const bandwidthBounds = [100_000, 250_000, 500_000, 1_000_000] as const;

function levelBelow(bounds: Bounds, value: number): Level {
  const index = bounds.findIndex((bound) => value < bound);
  const levels = [5, 4, 3, 2] as const;
  return levels[index] ?? 1;
}

function worst(all: readonly Quality[]): Quality {
  return all.reduce((least, quality) => (quality.level < least.level ? quality : least), bestQuality);
}

function rated(level: Level, reason: QualityReason): Quality {
  return level === 5 ? bestQuality : { level, reason };
}

function lossOf(tracks: readonly TrackStatistics[]): Quality {
  return rated(levelBelow(lossBounds, Math.max(0, ...tracks.map(({ loss }) => loss ?? 0))), 'loss');
}

/** How well we send. `limitOf`: our own limit of a source's bit rate, which is no fault of the network. */
export function ownQuality(
  { tracks, connection }: RoomStatistics,
  limitOf: (source: TrackSource) => number | undefined,
): Quality {
  const sent = tracks.filter(({ direction }) => direction === 'sent');
  const roundTripMs = connection.roundTripMs ?? 0;
  const heldBack = sent.filter(({ limitedBy }) => limitedBy === 'bandwidth');
  const wanted = heldBack.reduce((sum, { source }) => sum + (limitOf(source) ?? Number.POSITIVE_INFINITY), 0);
  return worst([
    lossOf(sent),
    rated(levelBelow(roundTripMsBounds, roundTripMs), 'round-trip'),
    heldBack.length > 0 ? bandwidthQuality(connection.availableOutgoingBitrate, wanted) : bestQuality,
    sent.some(({ limitedBy }) => limitedBy === 'cpu') ? rated(3, 'cpu') : bestQuality,
  ]);
}

/** `wanted`: what we ourselves let them have together, in bits per second. */
function bandwidthQuality(available: number | undefined, wanted: number): Quality {
  if (available === undefined) return rated(4, 'bandwidth');
  if (available >= wanted) return bestQuality;
  const index = bandwidthBounds.findIndex((bound) => available < bound);
  return rated(([1, 2, 3, 4] as const)[index] ?? 5, 'bandwidth');
}

export interface ReceivedSample {
  /** The tracks of one participant, and what they were the last time. */
  readonly tracks: readonly TrackStatistics[];
  readonly before: readonly TrackStatistics[];
  /** Cameras that should move: not muted, and not held back by our own wish. */
  readonly expected: ReadonlySet<string>;
  /** Microphones that should be heard: not muted, not held back by our own wish, and in a section of ours. */
  readonly voices: ReadonlySet<string>;
  /** Its connection is lost, as the server says. */
  readonly isAway: boolean;
}

/** How well we receive somebody. */
export function receivedQuality({ tracks, before, expected, voices, isAway }: ReceivedSample): Quality {
  if (isAway && tracks.every(({ bitrate }) => bitrate === 0)) return lostQuality;
  return worst([
    lossOf(tracks),
    ...tracks.map((track) => {
      const last = named(track.trackId, before);
      return last !== undefined && expected.has(track.trackId) ? motionQuality(track, last) : bestQuality;
    }),
    ...[...voices].map((trackId) => soundQuality(named(trackId, tracks), named(trackId, before))),
  ]);
}

function named(id: string, tracks: readonly TrackStatistics[]): TrackStatistics | undefined {
  return tracks.find(({ trackId }) => trackId === id);
}

/** Where nothing arrives no loss is counted. Who says nothing sends a packet every 400 ms at least, with DTX (RFC 6716 section 2.1.9). */
function soundQuality(now: TrackStatistics | undefined, last: TrackStatistics | undefined): Quality {
  return now === undefined || now.packets === last?.packets ? rated(1, 'loss') : bestQuality;
}

function motionQuality(now: TrackStatistics, last: TrackStatistics): Quality {
  if (now.framesDecoded === undefined || last.framesDecoded === undefined) return bestQuality;
  if (now.framesDecoded === last.framesDecoded) return rated(1, 'frozen');
  return (now.freezeCount ?? 0) > (last.freezeCount ?? 0) ? rated(3, 'frozen') : bestQuality;
}
