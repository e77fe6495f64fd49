import type { MonotonicMs } from '@rivero/core';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Requests of one socket. */
export const requestRate: BucketSize = { burstMax: 100, perSecond: 30 };

/** Refusals that one socket is told for asking too much; it is closed when it goes on. */
export const refusalRate: BucketSize = { burstMax: 50, perSecond: 1 };

/** What becomes of a request: it is done, or refused, or its socket is closed. */
export type Verdict = 'done' | 'refused' | 'closed';

/** How much one socket may ask. */
export class RequestLimits {
  readonly #requests: TokenBucket;
  readonly #refusals: TokenBucket;

  constructor(now: MonotonicMs) {
    this.#requests = new TokenBucket(requestRate, now);
    this.#refusals = new TokenBucket(refusalRate, now);
  }

  judge(now: MonotonicMs): Verdict {
    if (this.#requests.take(now)) return 'done';
    return this.#refusals.take(now) ? 'refused' : 'closed';
  }
}
