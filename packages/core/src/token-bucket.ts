import { elapsed, type Milliseconds, milliseconds, type MonotonicMs } from './units.ts';

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

  /** Takes one token, or as many as told; false: there are too few, and none is taken. */
  take(now: MonotonicMs, count = 1): boolean {
    this.#fill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes them at once, there or not; the answer is how long to wait until they have come back. */
  borrow(now: MonotonicMs, count: number): Milliseconds {
    this.#fill(now);
    this.#tokens -= count;
    return milliseconds(Math.max(0, Math.ceil((-this.#tokens * 1_000) / this.#size.perSecond)));
  }

  #fill(now: MonotonicMs): void {
    const { burstMax, perSecond } = this.#size;
    const came = (Math.max(0, elapsed(this.#filledAt, now)) * perSecond) / 1_000;
    this.#tokens = Math.min(burstMax, this.#tokens + came);
    this.#filledAt = now;
  }
}
