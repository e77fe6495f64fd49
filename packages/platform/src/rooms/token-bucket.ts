import { elapsed, type MonotonicMs } from '@rivero/core';

/** How much a bucket holds, and how much comes back. */
export interface BucketSize {
  /** What may be taken at once. */
  readonly burstMax: number;
  /** What may be taken for long. */
  readonly perSecond: number;
}

/** Allows so much at once and so much a second for long. */
export class TokenBucket {
  readonly #size: BucketSize;
  #tokens: number;
  #filledAt: MonotonicMs;

  constructor(size: BucketSize, now: MonotonicMs) {
    this.#size = size;
    this.#tokens = size.burstMax;
    this.#filledAt = now;
  }

  /** Takes one token; false: there is none. */
  take(now: MonotonicMs): boolean {
    const { burstMax, perSecond } = this.#size;
    this.#tokens = Math.min(burstMax, this.#tokens + (elapsed(this.#filledAt, now) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
