import type { ErrorContext, PortRange } from '@rivero/core';
import type { DatapathChoice } from '@rivero/datapath';
import type {
  MediaKind,
  NegotiateAnswer,
  NegotiateRequest,
  PeerState,
  RoomStatistics,
  SectionsNeeded,
  SubscribeRequest,
  WorkerStatistics,
} from '../contract.ts';
import type {
  EndpointCandidate,
  EndpointChange,
  EndpointDirection,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
} from '../endpoint-contract.ts';
import type { LinkEnd } from './cascade/link.ts';
import type { BranchRole } from './cascade/room-cascade.ts';

/** What a media worker is told when its thread starts (`workerData`). */
export interface WorkerSettings {
  /** UDP and TCP port of this worker; 0: any free one, which `ready` then tells. */
  readonly port: number;
  /** Left out: the native one where it is built. */
  readonly datapath?: DatapathChoice;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
  /** UDP ports of endpoints without ICE, both ends included; left out: 20000 to 20999. */
  readonly rtpPorts?: PortRange;
  /** DTLS certificates of the operator's own for endpoints, each with its key in one text; left out: made here. */
  readonly dtlsPems?: Readonly<Partial<Record<'rsa' | 'ecdsa', string>>>;
}

/** What a worker tells of itself once it is up. */
export interface StartedWorker {
  readonly port: number;
  /** What handles its packets. */
  readonly datapath: 'native' | 'twin';
  /** Why it is the twin, which was not asked for. */
  readonly twinReason: string | undefined;
}

/** Which endpoint. */
export interface EndpointAddress {
  readonly roomId: string;
  readonly endpointId: string;
}

/** Requests about endpoints with the answer that each gets; the names are the methods of `EndpointEngine`. */
export interface EndpointCalls {
  openEndpoint: { readonly request: EndpointAddress & { readonly options: EndpointOptions }; readonly answer: null };
  closeEndpoint: { readonly request: EndpointAddress; readonly answer: null };
  configureEndpoint: {
    readonly request: EndpointAddress & { readonly settings: EndpointSettings };
    readonly answer: null;
  };
  createOffer: {
    readonly request: EndpointAddress & {
      readonly directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>;
    };
    readonly answer: string;
  };
  answerOffer: { readonly request: EndpointAddress & { readonly offer: string }; readonly answer: string };
  applyAnswer: { readonly request: EndpointAddress & { readonly answer: string }; readonly answer: null };
  gatherCandidates: { readonly request: EndpointAddress; readonly answer: readonly EndpointCandidate[] };
  localDescription: { readonly request: EndpointAddress; readonly answer: string };
  addRemoteCandidate: { readonly request: EndpointAddress & { readonly candidate: string }; readonly answer: null };
  setSource: {
    readonly request: EndpointAddress & { readonly kind: MediaKind; readonly trackId: string | undefined };
    readonly answer: null;
  };
  requestKeyframe: { readonly request: { readonly roomId: string; readonly trackId: string }; readonly answer: null };
  endpointStatistics: { readonly request: EndpointAddress; readonly answer: EndpointStatistics };
}

/** Requests to a worker with the answer that each gets; the names are the methods of `MediaEngine`. */
export interface WorkerCalls extends EndpointCalls {
  openRoom: {
    /** `role`: how the room is one of several branches; left out: it will have no others. */
    readonly request: { readonly roomId: string; readonly role?: BranchRole };
    readonly answer: null;
  };
  /** From now on the two workers are linked. */
  openLink: { readonly request: LinkEnd; readonly answer: null };
  /** The two workers have no room in common any more; nothing happens where the link is not there. */
  closeLink: { readonly request: { readonly number: number }; readonly answer: null };
  /** The room has a branch in that worker, too; it is told of the tracks that are here before this is answered. */
  addBranch: { readonly request: { readonly roomId: string; readonly worker: number }; readonly answer: null };
  /** The room has none there any more. */
  removeBranch: { readonly request: { readonly roomId: string; readonly worker: number }; readonly answer: null };
  closeRoom: { readonly request: { readonly roomId: string }; readonly answer: null };
  openPeer: { readonly request: { readonly roomId: string; readonly peerId: string }; readonly answer: null };
  closePeer: { readonly request: { readonly roomId: string; readonly peerId: string }; readonly answer: null };
  negotiate: {
    readonly request: NegotiateRequest & { readonly roomId: string; readonly peerId: string };
    readonly answer: NegotiateAnswer;
  };
  subscribe: {
    readonly request: SubscribeRequest & { readonly roomId: string; readonly peerId: string };
    readonly answer: SectionsNeeded;
  };
  statistics: { readonly request: { readonly roomId: string }; readonly answer: RoomStatistics };
  workerStatistics: { readonly request: Record<string, never>; readonly answer: WorkerStatistics };
  /** Answered at once. */
  ping: { readonly request: Record<string, never>; readonly answer: null };
  /** Closes every association (the peers are told) before the thread is ended. */
  stop: { readonly request: Record<string, never>; readonly answer: null };
}

export type WorkerMethod = keyof WorkerCalls;

export type EndpointMethod = keyof EndpointCalls;

/** Main thread to worker. */
export type WorkerRequest = {
  readonly [Method in WorkerMethod]: {
    readonly id: number;
    readonly method: Method;
    readonly request: WorkerCalls[Method]['request'];
  };
}[WorkerMethod];

/** A refusal that crossed the thread boundary, to be made a `CodedError` again. */
export interface WorkerRefusal {
  readonly code: string;
  readonly message: string;
  readonly context: ErrorContext;
}

/** Worker to main thread. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly started: StartedWorker }
  /** It could not start; the thread ends by itself. */
  | { readonly type: 'refused'; readonly error: WorkerRefusal }
  | { readonly type: 'answer'; readonly id: number; readonly answer: WorkerCalls[WorkerMethod]['answer'] }
  | { readonly type: 'error'; readonly id: number; readonly error: WorkerRefusal }
  | { readonly type: 'peer-state'; readonly roomId: string; readonly peerId: string; readonly state: PeerState }
  | { readonly type: 'speakers'; readonly roomId: string; readonly trackIds: readonly string[] }
  | {
      readonly type: 'endpoint';
      readonly roomId: string;
      readonly endpointId: string;
      readonly change: EndpointChange;
    }
  | { readonly type: 'track-flow'; readonly roomId: string; readonly trackId: string; readonly isFlowing: boolean }
  | { readonly type: 'track-changed'; readonly roomId: string; readonly trackId: string }
  /** A bug ended this room; the worker goes on. */
  | { readonly type: 'room-lost'; readonly roomId: string }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };
