import { elapsed, type MonotonicMs } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';
import type { ObjectModel } from '../model.ts';
import { sessionIdLengthMax, sessionLifetime, sessionsMax, sessionsPerSocketMax } from './rpc-limits.ts';
import { RpcSession } from './rpc-session.ts';
import type { RpcSocket } from './rpc-socket.ts';

export interface SessionTableOptions {
  readonly model: ObjectModel;
  /** The name of a new session. */
  readonly newId: () => string;
  /** A session failed to close, which is a bug. */
  readonly tellBug: (error: unknown) => void;
}

const invalidSession = (): KurentoError => new KurentoError('INVALID_SESSION', 'Invalid session');

/** The sessions by their names, and which socket each has. */
export class SessionTable {
  readonly #sessions = new Map<string, RpcSession>();
  readonly #options: SessionTableOptions;

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): RpcSession | undefined {
    const session = this.#sessions.get(id);
    return session?.isClosing === true ? undefined : session;
  }

  /** Refused: `INVALID_SESSION`. */
  find(id: string): RpcSession {
    const session = this.get(id);
    if (session === undefined) throw invalidSession();
    return session;
  }

  /** The session of that name, which the client may have made up; without a name that of the socket. Opened when there is none. */
  findOrOpen(id: string | undefined, socket: RpcSocket, now: MonotonicMs): RpcSession {
    const known = id === undefined ? socket.session : this.get(id);
    return known ?? this.#open(id ?? this.#options.newId(), socket, now);
  }

  /** The socket is the session's from now on, and no other's; the session leaves the socket that it had. */
  attach(session: RpcSession, socket: RpcSocket, now: MonotonicMs): void {
    session.seenAt = now;
    if (socket.session === session || !socket.isOpen) return;
    this.detach(socket, now);
    if (session.socket !== undefined) session.socket.session = undefined;
    session.socket = socket;
    socket.session = session;
  }

  detach(socket: RpcSocket, now: MonotonicMs): void {
    const { session } = socket;
    if (session === undefined) return;
    session.seenAt = now;
    session.socket = undefined;
    socket.session = undefined;
  }

  /** Closes what nobody has used for `sessionLifetime`, and forgets old answers. */
  handleTimeout(now: MonotonicMs): void {
    for (const session of this.#sessions.values()) {
      session.answers.expire(now);
      if (session.isInUse) session.seenAt = now;
      else if (!session.isClosing && elapsed(session.seenAt, now) >= sessionLifetime) {
        this.close(session, now).catch(this.#options.tellBug);
      }
    }
  }

  /** Its requests that are under way end first. */
  async close(session: RpcSession, now: MonotonicMs): Promise<void> {
    this.#beginToClose(session, now);
    await session.allEnded();
    await this.#endSession(session);
  }

  /** Without waiting for what is under way: a client may have asked for what takes long. */
  async closeAll(now: MonotonicMs): Promise<void> {
    const open = [...this.#sessions.values()].filter(({ isClosing }) => !isClosing);
    for (const session of open) this.#beginToClose(session, now);
    const ends = await Promise.allSettled(open.map((session) => this.#endSession(session)));
    for (const end of ends) if (end.status === 'rejected') this.#options.tellBug(end.reason);
  }

  #beginToClose(session: RpcSession, now: MonotonicMs): void {
    session.isClosing = true;
    if (session.socket !== undefined) this.detach(session.socket, now);
  }

  async #endSession(session: RpcSession): Promise<void> {
    try {
      await this.#options.model.closeSession(session.id);
    } finally {
      this.#sessions.delete(session.id);
      session.openedBy.openedSessions -= 1;
    }
  }

  #open(id: string, socket: RpcSocket, now: MonotonicMs): RpcSession {
    // One that is being closed has to go first.
    if (id.length > sessionIdLengthMax || this.#sessions.has(id)) throw invalidSession();
    if (this.#sessions.size >= sessionsMax || socket.openedSessions >= sessionsPerSocketMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', 'Too many sessions');
    }
    const session = new RpcSession(id, socket, now);
    this.#options.model.openSession(id);
    this.#sessions.set(id, session);
    socket.openedSessions += 1;
    return session;
  }
}
