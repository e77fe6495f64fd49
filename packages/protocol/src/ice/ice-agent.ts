import type { Counters, Milliseconds, MonotonicMs, PathHandle, TransportAddress } from '@rivero/core';
import type { IceCredentials } from './ice-credentials.ts';

/**
 * `new` until a check came or was sent; `checking` until a pair is nominated; `disconnected` when nothing valid came for
 * a while, it may come back; `failed` when the consent to send ran out (RFC 7675) or no pair worked: final until a restart.
 */
export type IceState = 'new' | 'checking' | 'connected' | 'disconnected' | 'failed';

export type IceOutput =
  | { readonly type: 'send'; readonly path: PathHandle; readonly bytes: Uint8Array }
  /** A check or its answer came by this path with the right integrity for the first time: DTLS and SRTP may come from there. */
  | { readonly type: 'validated'; readonly path: PathHandle }
  /** Nominated: what we send goes there from now on. */
  | { readonly type: 'selected'; readonly path: PathHandle }
  /** No longer validated or checked: closed, pushed out by newer ones, or without consent. When it was selected, nothing may be sent. */
  | { readonly type: 'forgotten'; readonly path: PathHandle }
  | { readonly type: 'state'; readonly state: IceState };

export const iceCounters = [
  'check-answered',
  'defective',
  'not-a-request',
  'bad-username',
  'bad-integrity',
  'replayed',
  'role-conflict',
  'unknown-attribute',
  'after-failure',
] as const;

/** One component of one session, in either role. It is told datagrams and time, and polled for outputs. */
export interface IceAgent {
  readonly counters: Counters<(typeof iceCounters)[number]>;
  readonly state: IceState;
  readonly selectedPath: PathHandle | undefined;
  readonly localCredentials: IceCredentials;
  /** Of the last check by the selected path that was answered at once; whoever sends no checks knows none. */
  readonly roundTripTime: Milliseconds | undefined;
  /** Every path by which something with the right integrity came. */
  validatedPaths(): Iterable<PathHandle>;
  isValidated(path: PathHandle): boolean;
  /** True when something of the peer's came by this path lately. */
  isActive(path: PathHandle, now: MonotonicMs): boolean;
  /** One STUN datagram that came by `path` from `remote`. */
  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void;
  /** Something else that only the peer can have sent came by this path, such as SRTP that authenticated. */
  handleActivity(path: PathHandle, now: MonotonicMs): void;
  /** The path is no more, or somebody else's. */
  handlePathClosed(path: PathHandle, now: MonotonicMs): void;
  /** An ICE restart (RFC 8445 section 2.4): the selected path keeps carrying media until a new nomination. */
  restart(local: IceCredentials, remote: IceCredentials, now: MonotonicMs): void;
  handleTimeout(now: MonotonicMs): void;
  deadline(): MonotonicMs;
  pollOutput(): IceOutput | undefined;
}
