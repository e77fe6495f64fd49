import type { ErrorContext } from '@rivero/core';
import type {
  NegotiateAnswer,
  NegotiateRequest,
  PeerState,
  RoomStatistics,
  SectionsNeeded,
  SubscribeRequest,
  WorkerStatistics,
} from '../contract.ts';

/** What a media worker is told when its thread starts (`workerData`). */
export interface WorkerSettings {
  /** UDP and TCP port of this worker; 0: any free one, which `ready` then tells. */
  readonly port: number;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
}

/** Requests to a worker with the answer that each gets; the names are the methods of `MediaEngine`. */
export interface WorkerCalls {
  openRoom: { readonly request: { readonly roomId: string }; readonly answer: null };
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
  /** Closes every association (the peers are told) before the thread is ended. */
  stop: { readonly request: Record<string, never>; readonly answer: null };
}

export type WorkerMethod = keyof WorkerCalls;

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
  | { readonly type: 'ready'; readonly port: number }
  /** It could not start; the thread ends by itself. */
  | { readonly type: 'refused'; readonly error: WorkerRefusal }
  | { readonly type: 'answer'; readonly id: number; readonly answer: WorkerCalls[WorkerMethod]['answer'] }
  | { readonly type: 'error'; readonly id: number; readonly error: WorkerRefusal }
  | { readonly type: 'peer-state'; readonly roomId: string; readonly peerId: string; readonly state: PeerState }
  | { readonly type: 'speakers'; readonly roomId: string; readonly trackIds: readonly string[] }
  /** A bug ended this room; the worker goes on. */
  | { readonly type: 'room-lost'; readonly roomId: string }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };
