import { after, Deadlines, type MonotonicMs } from '@rivero/core';
import type { ConnectionId, TurnPath } from './turn-path.ts';
import { connectionUnusedMax } from './turn-server-limits.ts';

/** The connections of clients. Those that nobody uses end after a while, so that strangers cannot fill the server. */
export class ClientStreams {
  readonly #paths = new Map<ConnectionId, TurnPath>();
  readonly #unused = new Deadlines<ConnectionId>();

  open(path: Extract<TurnPath, { type: 'stream' }>, now: MonotonicMs): void {
    this.#paths.set(path.connection, path);
    this.handleUnused(path, now);
  }

  find(connection: ConnectionId): TurnPath | undefined {
    return this.#paths.get(connection);
  }

  /** From now on it has to be used again, or it ends. */
  handleUnused(path: TurnPath, now: MonotonicMs): void {
    if (path.type === 'stream' && this.#paths.has(path.connection)) {
      this.#unused.set(path.connection, after(now, connectionUnusedMax));
    }
  }

  close(connection: ConnectionId): void {
    this.#paths.delete(connection);
    this.#unused.delete(connection);
  }

  /** Takes one whose time without use is over; whoever knows that it is used does nothing. */
  takeDue(now: MonotonicMs): ConnectionId | undefined {
    return this.#unused.takeDue(now);
  }

  deadline(): MonotonicMs {
    return this.#unused.first();
  }
}
