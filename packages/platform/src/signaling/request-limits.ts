import type { ClientEvents } from '@rivero/api';
import { type BucketSize, type MonotonicMs, TokenBucket } from '@rivero/core';

/** Requests of one socket. */
export const requestRate: BucketSize = { burstMax: 100, perSecond: 30 };

/** Offers among them: each keeps the whole room waiting. */
export const negotiateRate: BucketSize = { burstMax: 20, perSecond: 4 };

/** Joins and resumes among them: each is answered with all that was said. */
export const entryRate: BucketSize = { burstMax: 20, perSecond: 3 };

/** What is told to everybody in the room, and shown. */
export const chatRate: BucketSize = { burstMax: 5, perSecond: 1 };
export const reactionRate: BucketSize = { burstMax: 10, perSecond: 2 };
export const handRate: BucketSize = { burstMax: 5, perSecond: 1 };

/** ICE servers with fresh credentials. */
export const iceServersRate: BucketSize = { burstMax: 10, perSecond: 1 };

/** What hosts do, all together. */
export const moderationRate: BucketSize = { burstMax: 30, perSecond: 5 };

/** Refusals that one socket is told for asking too much; it is closed when it goes on. */
export const refusalRate: BucketSize = { burstMax: 50, perSecond: 1 };

/** What becomes of a request: it is done, or refused, or its socket is closed. */
export type Verdict = 'done' | 'refused' | 'closed';

/** Requests that have a limit of their own; those of one rate share it. */
const ownRates: Readonly<Partial<Record<keyof ClientEvents, BucketSize>>> = {
  join: entryRate,
  resume: entryRate,
  negotiate: negotiateRate,
  'send-chat': chatRate,
  react: reactionRate,
  'set-hand': handRate,
  'ice-servers': iceServersRate,
  'lock-room': moderationRate,
  'set-relay-only': moderationRate,
  'remove-participant': moderationRate,
  'ask-to-mute': moderationRate,
  'lower-hand': moderationRate,
  'lower-all-hands': moderationRate,
  'end-room': moderationRate,
};

/** How much one socket may ask. */
export class RequestLimits {
  readonly #requests: TokenBucket;
  readonly #own: ReadonlyMap<BucketSize, TokenBucket>;
  readonly #refusals: TokenBucket;

  constructor(now: MonotonicMs) {
    this.#requests = new TokenBucket(requestRate, now);
    this.#own = new Map(Object.values(ownRates).map((rate) => [rate, new TokenBucket(rate, now)]));
    this.#refusals = new TokenBucket(refusalRate, now);
  }

  judge(name: keyof ClientEvents, now: MonotonicMs): Verdict {
    const rate = ownRates[name];
    const own = rate && this.#own.get(rate);
    if (this.#requests.take(now) && (own === undefined || own.take(now))) return 'done';
    return this.#refusals.take(now) ? 'refused' : 'closed';
  }
}
