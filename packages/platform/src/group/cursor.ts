import type { GroupCursor } from '@rivero/api';
import { type MonotonicMs, TokenBucket } from '@rivero/core';
import { cursorRate } from './group-limits.ts';

/** The shared cursor of one client: of moves that are too many the last one counts, as soon as there is time for it. */
export class Cursor {
  readonly #moves: TokenBucket;
  readonly #tell: (move: GroupCursor) => void;
  #waiting: GroupCursor | undefined;

  constructor(tell: (move: GroupCursor) => void, now: MonotonicMs) {
    this.#tell = tell;
    this.#moves = new TokenBucket(cursorRate, now);
  }

  move(move: GroupCursor, now: MonotonicMs): void {
    this.#waiting = move;
    this.handleTimeout(now);
  }

  /** It is in no room any more. */
  forget(): void {
    this.#waiting = undefined;
  }

  handleTimeout(now: MonotonicMs): void {
    const move = this.#waiting;
    if (move === undefined || !this.#moves.take(now)) return;
    this.#waiting = undefined;
    this.#tell(move);
  }
}
