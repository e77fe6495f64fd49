import { elapsed, milliseconds, type MonotonicMs } from '@rivero/core';
import type { MediaKind } from '@rivero/engine';
import type { ClientEndpoint } from './client-endpoint.ts';
import type { RoomParticipant } from './participant.ts';

const kinds = ['audio', 'video'] as const;

/** What of each kind is shown of a participant, the first that it publishes: a view has one place for each. */
const shown = { audio: ['microphone', 'screen-audio'], video: ['screen', 'camera'] } as const;

/** The track of that kind that this participant sends to that one; undefined: none, or none to that one. */
function shownTrackId(publisher: RoomParticipant, viewerId: string, kind: MediaKind): string | undefined {
  if (publisher.notSentTo.has(viewerId)) return undefined;
  const tracks = [...publisher.tracks.values()];
  for (const source of shown[kind]) {
    const track = tracks.find((candidate) => candidate.kind === kind && candidate.source === source);
    if (track !== undefined) return track.trackId;
  }
  return undefined;
}

/** A client that has not answered by then will not: it may ask for another offer. */
export const answerTimeout = milliseconds(10_000);

/** How one participant receives another one: an endpoint of its own, which sends what the other publishes just now. */
export class View {
  readonly endpoint: ClientEndpoint;
  /** When our offer was asked for, once it was told. */
  offeredAt: MonotonicMs | undefined;
  isAnswered = false;
  readonly #sources = new Map<MediaKind, string | undefined>();

  constructor(endpoint: ClientEndpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Whether a request for it now asks for another one. Answers do not say to which offer they are: as long as one may be on
   * its way, the offer stays the only one.
   */
  mayBeRenewed(now: MonotonicMs): boolean {
    return this.isAnswered || (this.offeredAt !== undefined && elapsed(this.offeredAt, now) >= answerTimeout);
  }

  /** Sends what the publisher shows now. */
  async follow(publisher: RoomParticipant, viewerId: string): Promise<void> {
    for (const kind of kinds) {
      const trackId = shownTrackId(publisher, viewerId, kind);
      if (this.#sources.get(kind) === trackId) continue;
      await this.endpoint.setSource(kind, trackId);
      this.#sources.set(kind, trackId);
    }
  }
}
