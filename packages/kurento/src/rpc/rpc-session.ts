import type { MonotonicMs } from '@rivero/core';
import { AnswerCache } from './answer-cache.ts';
import { requestsInFlightMax } from './rpc-limits.ts';
import type { RpcSocket } from './rpc-socket.ts';

/** What a client keeps when its socket breaks: its answers, and its objects in the model. */
export class RpcSession {
  readonly id: string;
  readonly openedBy: RpcSocket;
  readonly answers = new AnswerCache();
  /** Where its events go. */
  socket: RpcSocket | undefined;
  /** The last moment at which it had a socket, a request or a keepAlive. */
  seenAt: MonotonicMs;
  /** Nobody can ask in its name any more. */
  isClosing = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(id: string, openedBy: RpcSocket, now: MonotonicMs) {
    this.id = id;
    this.openedBy = openedBy;
    this.seenAt = now;
  }

  get isBusy(): boolean {
    return this.#underWay.size >= requestsInFlightMax;
  }

  get isInUse(): boolean {
    return this.socket !== undefined || this.#underWay.size > 0;
  }

  /** A request of it is under way until that is resolved. */
  begin(ended: Promise<void>): void {
    this.#underWay.add(ended);
    void ended.then(() => this.#underWay.delete(ended));
  }

  /** Resolves when nothing is under way any more. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}
