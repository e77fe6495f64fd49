import type { Track } from '@rivero/api';
import type { MediaKind } from '@rivero/engine';
import type { ClientEndpoint } from './client-endpoint.ts';

const kinds = ['audio', 'video'] as const;
const sources = { audio: 'microphone', video: 'camera' } as const;

export interface PublicationOptions {
  readonly endpoint: ClientEndpoint;
  /** Of the client's peer connection. */
  readonly identity: string;
  readonly trackIds: Readonly<Record<MediaKind, string>>;
}

/** How a participant publishes by an endpoint: at most a camera and a microphone. */
export class Publication {
  readonly endpoint: ClientEndpoint;
  readonly identity: string;
  readonly trackIds: Readonly<Record<MediaKind, string>>;
  /** Kinds whose packets arrive. */
  readonly #flowing = new Set<MediaKind>();

  constructor({ endpoint, identity, trackIds }: PublicationOptions) {
    this.endpoint = endpoint;
    this.identity = identity;
    this.trackIds = trackIds;
  }

  /** Its tracks when these kinds are received; nobody says whether they are muted, so those are that carry nothing. */
  tracks(received: ReadonlySet<MediaKind>): readonly Track[] {
    return kinds
      .filter((kind) => received.has(kind))
      .map((kind) => ({
        trackId: this.trackIds[kind],
        kind,
        source: sources[kind],
        muted: !this.#flowing.has(kind),
      }));
  }

  /** False: the track is none of it. */
  handleFlow(trackId: string, isFlowing: boolean): boolean {
    const kind = kinds.find((candidate) => this.trackIds[candidate] === trackId);
    if (kind === undefined) return false;
    if (isFlowing) this.#flowing.add(kind);
    else this.#flowing.delete(kind);
    return true;
  }
}
