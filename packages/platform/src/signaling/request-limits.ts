import type { ClientEvents } from '@rivero/api';
import type { MonotonicMs } from '@rivero/core';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Requests of one socket. */
export const requestRate: BucketSize = { burstMax: 100, perSecond: 30 };

/** Offers among them: each keeps the whole room waiting. */
export const negotiateRate: BucketSize = { burstMax: 20, perSecond: 4 };

/** Refusals that one socket is told for asking too much; it is closed when it goes on. */
export const refusalRate: BucketSize = { burstMax: 50, perSecond: 1 };

/** What becomes of a request: it is done, or refused, or its socket is closed. */
export type Verdict = 'done' | 'refused' | 'closed';

/** How much one socket may ask. */
export class RequestLimits {
  readonly #requests: TokenBucket;
  readonly #negotiations: TokenBucket;
  readonly #refusals: TokenBucket;

  constructor(now: MonotonicMs) {
    this.#requests = new TokenBucket(requestRate, now);
    this.#negotiations = new TokenBucket(negotiateRate, now);
    this.#refusals = new TokenBucket(refusalRate, now);
  }

  judge(name: keyof ClientEvents, now: MonotonicMs): Verdict {
    if (this.#requests.take(now) && (name !== 'negotiate' || this.#negotiations.take(now))) return 'done';
    return this.#refusals.take(now) ? 'refused' : 'closed';
  }
}
