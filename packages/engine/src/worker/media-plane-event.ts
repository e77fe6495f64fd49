import type { PeerState } from '../contract.ts';
import type { EndpointEvent } from './media-room.ts';

/** What happens in a media worker's rooms. */
export type MediaPlaneEvent =
  | EndpointEvent
  | { readonly type: 'peer-state'; readonly roomId: string; readonly peerId: string; readonly state: PeerState }
  /** Tracks of those who speak now, the main speaker first: they are others than before. */
  | { readonly type: 'speakers'; readonly roomId: string; readonly trackIds: readonly string[] }
  /** A bug of ours ended this peer's session or, where no peer is named, the room; for the log. */
  | { readonly type: 'bug'; readonly roomId: string; readonly peerId?: string; readonly error: Error }
  /** A bug of ours ended the room: it and its peers exist no more. */
  | { readonly type: 'room-lost'; readonly roomId: string };
