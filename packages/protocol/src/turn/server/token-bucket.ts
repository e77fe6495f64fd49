import { type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';

/** So many tokens a second, and a burst of them after silence. A rate of 0 is no limit. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: MonotonicMs;

  constructor(perSecond: number, burst: number, now: MonotonicMs) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** False, and nothing is taken, when there are not enough. */
  take(count: number, now: MonotonicMs): boolean {
    if (this.#perMs === 0) return true;
    this.#fill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes them at once; the answer is how long to wait before the next may be taken so. */
  borrow(count: number, now: MonotonicMs): Milliseconds {
    if (this.#perMs === 0) return milliseconds(0);
    this.#fill(now);
    this.#tokens -= count;
    return milliseconds(Math.max(0, Math.ceil(-this.#tokens / this.#perMs)));
  }

  #fill(now: MonotonicMs): void {
    if (now <= this.#filledAt) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
