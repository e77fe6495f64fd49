import {
  assert,
  CodedError,
  Counters,
  Deadlines,
  type MonotonicMs,
  noSession,
  type PathHandle,
  type RandomBytes,
  type ReceiveBatch,
  receivedKind,
  type SessionHandle,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import { readLocalUfrag } from '@rivero/protocol/ice';
import type { SessionDtlsState, SessionFailure, SessionIceState, SessionState } from './session/session-state.ts';
import { TransportSession } from './session/transport-session.ts';

export type TransportEvent =
  | {
      readonly type: 'state';
      readonly session: TransportSession;
      readonly state: SessionState;
      readonly failure?: SessionFailure;
    }
  | { readonly type: 'ice-state'; readonly session: TransportSession; readonly state: SessionIceState }
  | { readonly type: 'dtls-state'; readonly session: TransportSession; readonly state: SessionDtlsState }
  /** The pair is another one than before. */
  | { readonly type: 'pair-selected'; readonly session: TransportSession }
  /** SRTP keys are there: streams can be opened. */
  | { readonly type: 'connected'; readonly session: TransportSession; readonly handle: SessionHandle }
  /** A bug of ours in this session, which has failed of it; for the log. */
  | { readonly type: 'bug'; readonly session: TransportSession; readonly error: Error };

/** Who is given what authenticated: rows of the batch in hand, valid until the call returns. */
export interface TransportHandlers {
  readonly onRtp: (session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs) => void;
  readonly onRtcp: (session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs) => void;
  /** Media of a session that is not ours but somebody else's in this worker; false: it is nobody's. */
  readonly onOther?: (session: SessionHandle, batch: ReceiveBatch, row: number, now: MonotonicMs) => boolean;
  /** A STUN response that is no session's; false: it is nobody's. */
  readonly onResponse?: (bytes: Uint8Array, path: PathHandle, now: MonotonicMs) => boolean;
}

export interface TransportOptions {
  readonly datapath: Datapath;
  /** Of sessions that bring no own one. */
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
  readonly handlers: TransportHandlers;
}

export const transportCounters = [
  'stun-unknown-session',
  'dtls-unknown-session',
  'path-taken',
  'stale-session-row',
  'broken-invariant',
] as const;

/** Sessions of one worker. */
export const transportSessionsMax = 8_000;

/**
 * All sessions of one worker over one datapath. A STUN check finds its session by username fragment until its path is
 * known, everything else by path. Sans-IO: it is told batches and time.
 */
export class Transport {
  readonly counters = new Counters(transportCounters);
  readonly #options: TransportOptions;
  readonly #sessions = new Set<TransportSession>();
  readonly #byUfrag = new Map<string, TransportSession>();
  readonly #ufrags = new Map<TransportSession, readonly string[]>();
  readonly #byPath = new Map<PathHandle, TransportSession>();
  readonly #byHandle = new Map<SessionHandle, TransportSession>();
  readonly #events: TransportEvent[] = [];
  /** Of each session at or before its own; what only puts that off moves nothing here. */
  readonly #deadlines = new Deadlines<TransportSession>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  openSession(options: { readonly certificate?: DtlsCertificate } = {}): TransportSession {
    if (this.#sessions.size >= transportSessionsMax) {
      throw new CodedError('worker-full', 'This server has as many participants as it can hold; try again later.');
    }
    const { datapath, random } = this.#options;
    const certificate = options.certificate ?? this.#options.certificate;
    const session: TransportSession = new TransportSession(
      { datapath, certificate, random },
      {
        onState: (state, failure) =>
          this.#events.push({ type: 'state', session, state, ...(failure === undefined ? {} : { failure }) }),
        onIceState: (state) => this.#events.push({ type: 'ice-state', session, state }),
        onDtlsState: (state) => this.#events.push({ type: 'dtls-state', session, state }),
        onPairSelected: () => this.#events.push({ type: 'pair-selected', session }),
        onConnected: (handle) => {
          this.#byHandle.set(handle, session);
          this.#events.push({ type: 'connected', session, handle });
        },
        onReleased: (handle) => this.#byHandle.delete(handle),
        onClaimed: (path) => this.#claim(session, path),
        onValidated: (path) => {
          this.#byPath.set(path, session);
          datapath.paths.pin(path);
        },
        onForgotten: (path) => {
          if (this.#byPath.get(path) !== session) return;
          this.#byPath.delete(path);
          datapath.paths.unpin(path);
        },
        onUfrag: (ufrag) => this.#addUfrag(session, ufrag),
      },
    );
    this.#sessions.add(session);
    this.#addUfrag(session, session.localCredentials.ufrag);
    return session;
  }

  /** Says good-bye to the peer and forgets the session. */
  closeSession(session: TransportSession): void {
    if (!this.#sessions.delete(session)) return;
    session.close();
    this.#deadlines.delete(session);
    for (const ufrag of this.#ufrags.get(session) ?? []) this.#byUfrag.delete(ufrag);
    this.#ufrags.delete(session);
  }

  /** Does what one session needs done and then looks at its deadline; a bug in it ends this session only. */
  run(session: TransportSession, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#abandon(session, error);
    }
    this.#deadlines.set(session, session.deadline());
  }

  handleBatch(batch: ReceiveBatch, now: MonotonicMs): void {
    for (let row = 0; row < batch.count; row++) {
      if (batch.kind[row] === receivedKind.datagram) this.#handleDatagram(batch, row, now);
      else this.#handleMedia(batch, row, now);
    }
  }

  /** The connection of this path closed. */
  handlePathClosed(path: PathHandle, now: MonotonicMs): void {
    const session = this.#byPath.get(path);
    if (session !== undefined) this.run(session, () => session.handlePathClosed(path, now));
  }

  /** True when a check with the right integrity came by this path. */
  isValidated(path: PathHandle): boolean {
    return this.#byPath.has(path);
  }

  handleTimeout(now: MonotonicMs): void {
    // Each is taken once, also one that would be due again at once.
    const due: TransportSession[] = [];
    for (let session = this.#deadlines.takeDue(now); session !== undefined; session = this.#deadlines.takeDue(now))
      due.push(session);
    for (const session of due) {
      if (session.deadline() <= now) this.run(session, () => session.handleTimeout(now));
      else this.#deadlines.set(session, session.deadline());
    }
  }

  deadline(): MonotonicMs {
    return this.#deadlines.first();
  }

  pollEvent(): TransportEvent | undefined {
    return this.#events.shift();
  }

  #handleDatagram(batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const { datapath } = this.#options;
    const path = batch.path[row] as PathHandle;
    const offset = batch.offset[row];
    const bytes = datapath.pool.bytes.subarray(offset, offset + batch.length[row]);
    const isStun = bytes[0] <= 3;
    if (!isStun) {
      const session = this.#byPath.get(path);
      if (session === undefined) return this.counters.count('dtls-unknown-session');
      return this.run(session, () => session.handleDtls(bytes, path, now));
    }
    if (isResponse(bytes)) return this.#handleResponse(bytes, path, now);
    // The fragment decides: a path of a session that fell silent may be taken over by a check with the right integrity.
    const ufrag = readLocalUfrag(bytes);
    const session = ufrag === undefined ? undefined : this.#byUfrag.get(ufrag);
    const remote = datapath.paths.remote(path);
    if (session === undefined || remote === undefined) return this.counters.count('stun-unknown-session');
    const owner = this.#byPath.get(path);
    // One check with a forged source address must not cut off the peer that is there.
    const isTaken = owner !== undefined && owner !== session && owner.ice.isActive(path, now);
    if (isTaken) return this.counters.count('path-taken');
    this.run(session, () => session.handleStun(bytes, path, remote, now));
    if (owner !== undefined && owner !== session && this.#byPath.get(path) === session) {
      this.run(owner, () => owner.handlePathClosed(path, now));
    }
  }

  /** Answers are for whoever checks the path; a lite session checks none. */
  #handleResponse(bytes: Uint8Array, path: PathHandle, now: MonotonicMs): void {
    const session = this.#byPath.get(path);
    const { datapath, handlers } = this.#options;
    const remote = datapath.paths.remote(path);
    if (session?.isControlling !== true || remote === undefined) {
      if (handlers.onResponse?.(bytes, path, now) !== true) this.counters.count('stun-unknown-session');
      return;
    }
    this.run(session, () => session.handleStun(bytes, path, remote, now));
  }

  /**
   * A path is checked by one session at a time, because media that comes by it has no other name. Whoever only names an
   * address has proved nothing: it takes no path from a session, not even from a silent one.
   */
  #claim(session: TransportSession, path: PathHandle): boolean {
    const owner = this.#byPath.get(path);
    if (owner !== undefined) return owner === session;
    this.#byPath.set(path, session);
    this.#options.datapath.paths.pin(path);
    return true;
  }

  /** The newest two of a session are known: checks in flight at an ICE restart still carry the one before. */
  #addUfrag(session: TransportSession, ufrag: string): void {
    const ufrags = [...(this.#ufrags.get(session) ?? []), ufrag];
    for (const old of ufrags.splice(0, ufrags.length - 2)) this.#byUfrag.delete(old);
    this.#ufrags.set(session, ufrags);
    this.#byUfrag.set(ufrag, session);
  }

  #handleMedia(batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const handle = batch.session[row] as SessionHandle;
    assert(handle !== noSession, 'media belongs to a session');
    const session = this.#byHandle.get(handle);
    const { onRtp, onRtcp, onOther } = this.#options.handlers;
    if (session === undefined) {
      if (onOther?.(handle, batch, row, now) !== true) this.counters.count('stale-session-row');
      return;
    }
    // As `run`, without a closure a packet; nor a look at the deadline, which media only puts off.
    try {
      const isNews = session.handleActivity(batch.path[row] as PathHandle, now);
      if (batch.kind[row] === receivedKind.rtp) onRtp(session, batch, row, now);
      else onRtcp(session, batch, row, now);
      if (!isNews) return;
    } catch (error) {
      this.#abandon(session, error);
    }
    this.#deadlines.set(session, session.deadline());
  }

  #abandon(session: TransportSession, error: unknown): void {
    if (error instanceof CodedError || !(error instanceof Error)) throw error;
    this.counters.count('broken-invariant');
    // Once is enough: what is left of an abandoned session may meet its bug again.
    if (!session.isAbandoned) this.#events.push({ type: 'bug', session, error });
    session.abandon();
  }
}

/** Class bits 10 and 11 (RFC 8489 section 5). */
function isResponse(bytes: Uint8Array): boolean {
  return (bytes[0] & 1) === 1;
}
