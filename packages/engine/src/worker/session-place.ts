import type { RouterSessionId } from '@rivero/router';
import type { WebrtcEndpoint } from './endpoint/webrtc-endpoint.ts';
import type { MediaPeer } from './media-peer.ts';
import type { MediaRoom } from './media-room.ts';

/** Where a session's packets go. */
export type Place =
  | { readonly type: 'peer'; readonly room: MediaRoom; readonly peer: MediaPeer }
  | { readonly type: 'endpoint'; readonly room: MediaRoom; readonly endpoint: WebrtcEndpoint };

export function nameOf(place: Place): string {
  return place.type === 'peer' ? place.peer.id : place.endpoint.endpointId;
}

export function routerSessionOf(place: Place): RouterSessionId {
  return place.type === 'peer' ? place.peer.routerSession : place.endpoint.media.routerSession;
}
