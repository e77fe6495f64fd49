import type { RouterSessionId } from '@rivero/router';
import type { WebrtcEndpoint } from './endpoint/webrtc-endpoint.ts';
import type { MediaPeer } from './media-peer.ts';
import type { MediaRoom } from './media-room.ts';

/** Whose a transport session is: there its packets go. */
export type SessionOwner =
  | { readonly type: 'peer'; readonly room: MediaRoom; readonly peer: MediaPeer }
  | { readonly type: 'endpoint'; readonly room: MediaRoom; readonly endpoint: WebrtcEndpoint };

export function nameOf(owner: SessionOwner): string {
  return owner.type === 'peer' ? owner.peer.id : owner.endpoint.endpointId;
}

export function routerSessionOf(owner: SessionOwner): RouterSessionId {
  return owner.type === 'peer' ? owner.peer.routerSession : owner.endpoint.media.routerSession;
}
