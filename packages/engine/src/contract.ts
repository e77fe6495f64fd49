import type { RouterStatistics } from '@rivero/router';
import type { EndpointChange } from './endpoint-contract.ts';

/** What a track carries. */
export type MediaKind = 'audio' | 'video';

/** A section of the peer's offer that carries a track of the peer, and the name the caller gives that track. */
export interface OfferedTrack {
  readonly mid: string;
  readonly trackId: string;
}

/** A track that a peer sends and the engine receives. */
export interface PublishedTrack {
  readonly trackId: string;
  readonly mid: string;
  readonly kind: MediaKind;
  /** RTP encoding name as in the SDP: `VP8`, `opus`, … */
  readonly codec: string;
}

/** A track of somebody else that a peer receives, and the section in which it does. */
export interface SubscribedTrack {
  readonly trackId: string;
  readonly mid: string;
}

/** A track that a peer was to receive but cannot, and why. */
export interface RefusedTrack {
  readonly trackId: string;
  /** The subscriber's offer names no codec of the track. */
  readonly reason: 'no-common-codec';
}

/** What the peer has to offer before it receives all that it subscribed to. */
export interface SectionsNeeded {
  /** False: nothing to do. True: offer again, with that many more receive sections of each kind (possibly none). */
  readonly offer: boolean;
  readonly audio: number;
  readonly video: number;
}

/** What a peer wants to receive. */
export interface SubscribeRequest {
  readonly trackIds: readonly string[];
  /** Of them those that are not sent for now. */
  readonly pausedTrackIds: readonly string[];
}

export interface NegotiateRequest {
  /** The peer's offer, as SDP. */
  readonly offer: string;
  /** Which sections of the offer carry which tracks. A track left out, or whose section sends no more, is unpublished. */
  readonly tracks: readonly OfferedTrack[];
  /** The one of them by which the peer is heard to speak; left out: it has no voice. What else sounds is not asked. */
  readonly voiceTrackId?: string | undefined;
}

export interface NegotiateAnswer {
  /** Our answer, as SDP. */
  readonly answer: string;
  /** All tracks of the peer after this negotiation. */
  readonly published: readonly PublishedTrack[];
  /** All tracks that the peer receives after this negotiation. */
  readonly subscribed: readonly SubscribedTrack[];
  readonly refused: readonly RefusedTrack[];
  readonly sectionsNeeded: SectionsNeeded;
}

/**
 * How a peer's media association is doing. `connecting` until ICE and DTLS are through; `disconnected` when nothing
 * valid came from the peer for 10 s (it may come back); `failed` after 30 s, or when DTLS was refused: it will not.
 */
export type PeerState = 'connecting' | 'connected' | 'disconnected' | 'failed';

/** One room at this moment. */
export interface RoomStatistics extends RouterStatistics {
  readonly peers: readonly { readonly peerId: string; readonly state: PeerState }[];
}

/** One media worker since its start, and at this moment. */
export interface WorkerStatistics {
  /** How often each thing happened, by part and name: `datapath/receive-pool-empty`. */
  readonly counters: Readonly<Record<string, number>>;
  readonly sizes: {
    readonly rooms: number;
    readonly sessions: number;
    readonly paths: number;
    readonly streams: number;
    /** Slots of the packet pool that hold no packet. */
    readonly freeSlots: number;
    /** What its JavaScript objects take, those included that nobody uses any more. */
    readonly heapBytes: number;
  };
}

export type EngineEvent =
  | { readonly type: 'peer-state'; readonly roomId: string; readonly peerId: string; readonly state: PeerState }
  /** Voices of those who speak now, the main speaker first, at most five: told when they are others. */
  | { readonly type: 'speakers'; readonly roomId: string; readonly trackIds: readonly string[] }
  | {
      readonly type: 'endpoint';
      readonly roomId: string;
      readonly endpointId: string;
      readonly change: EndpointChange;
    }
  /** Packets of a track of an endpoint arrive, or none came for 2 s. */
  | { readonly type: 'track-flow'; readonly roomId: string; readonly trackId: string; readonly isFlowing: boolean }
  /**
   * A track was negotiated otherwise than before, or that of an endpoint comes in another codec, in a room with peers: those
   * that received it do no more. Subscribe them again, and they may have to offer; to whom it was refused, it may be of use now.
   */
  | { readonly type: 'track-changed'; readonly roomId: string; readonly trackId: string }
  /**
   * A worker of these rooms died and was replaced, or a bug ended them: the rooms and their peers exist no more. Open
   * them anew.
   */
  | { readonly type: 'rooms-lost'; readonly roomIds: readonly string[] };

/**
 * The media engine as the main thread sees it. A room lives in one media worker, a big one in several; whoever was answered
 * finds everywhere in the room what it was answered about. Names are the caller's. Requests about what does not exist are
 * refused: `room-unknown`, `peer-unknown`, `track-unknown`; a dead worker: `room-lost`.
 */
export interface MediaEngine {
  openRoom(roomId: string): Promise<void>;
  closeRoom(roomId: string): Promise<void>;
  openPeer(roomId: string, peerId: string): Promise<void>;
  /** Closes its association; its tracks end for everybody. */
  closePeer(roomId: string, peerId: string): Promise<void>;
  /** Answers the peer's offer. Refused offers are coded errors `sdp-…` and leave everything as it was. */
  negotiate(roomId: string, peerId: string, request: NegotiateRequest): Promise<NegotiateAnswer>;
  /**
   * Sets the whole list of tracks that the peer wants to receive, and those among them that it is sent nothing of for now:
   * they keep their sections and go on, when they are paused no more, without a hole.
   */
  subscribe(
    roomId: string,
    peerId: string,
    trackIds: readonly string[],
    pausedTrackIds?: readonly string[],
  ): Promise<SectionsNeeded>;
  statistics(roomId: string): Promise<RoomStatistics>;
  /** Calls back for every event until the returned function is called. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
}
