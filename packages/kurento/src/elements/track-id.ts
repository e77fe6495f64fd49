import type { MediaKind } from '@rivero/engine';
import type { MediaType } from '../graph/index.ts';

const kindOf: Readonly<Record<MediaType, MediaKind | undefined>> = { AUDIO: 'audio', VIDEO: 'video', DATA: undefined };

/** What the engine calls a type of media; undefined: it has no such tracks. */
export function engineKind(type: MediaType): MediaKind | undefined {
  return kindOf[type];
}

export function mediaTypeOf(kind: MediaKind): MediaType {
  return kind === 'audio' ? 'AUDIO' : 'VIDEO';
}

/** The engine's name of what an endpoint publishes of one kind. */
export function trackIdOf(endpointId: string, kind: MediaKind): string {
  return `${endpointId}/${kind}`;
}

/** The endpoint that publishes a track, and its kind; undefined: no endpoint of ours does. */
export function parseTrackId(trackId: string): { readonly endpointId: string; readonly kind: MediaKind } | undefined {
  const slash = trackId.lastIndexOf('/');
  const kind = trackId.slice(slash + 1);
  if (slash === -1 || (kind !== 'audio' && kind !== 'video')) return undefined;
  return { endpointId: trackId.slice(0, slash), kind };
}
