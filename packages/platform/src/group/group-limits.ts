import type { GroupRequest } from '@rivero/api';
import { type BucketSize, type MonotonicMs, TokenBucket } from '@rivero/core';
import { entryRate, iceServersRate, negotiateRate, requestRate } from '../signaling/request-limits.ts';

/** Frames of one socket that are read at all: a mouse moves 125 times a second. */
export const groupFrameRate: BucketSize = { burstMax: 1_000, perSecond: 250 };

/** Frames that are longer than this, in UTF-16 units, count as requests before they are read. */
export const shortFrameLengthMax = 4_096;

/** Candidates among them: a browser with many addresses has some dozens for each connection. */
const candidateRate: BucketSize = { burstMax: 1_000, perSecond: 100 };

/** Cursors of one client that are told to the others; of more the last one is told when there is time. */
export const cursorRate: BucketSize = { burstMax: 30, perSecond: 30 };

/** Messages that have a limit of their own; those of one rate share it. */
const ownRates: Readonly<Partial<Record<GroupRequest['id'], BucketSize>>> = {
  join: entryRate,
  offer: negotiateRate,
  requestStream: negotiateRate,
  iceCandidate: candidateRate,
  iceServers: iceServersRate,
};

/** How much one client may ask; cursors are another matter. */
export class GroupLimits {
  readonly #longFrames: TokenBucket;
  readonly #requests: TokenBucket;
  readonly #own: ReadonlyMap<BucketSize, TokenBucket>;

  constructor(now: MonotonicMs) {
    this.#longFrames = new TokenBucket(requestRate, now);
    this.#requests = new TokenBucket(requestRate, now);
    this.#own = new Map(Object.values(ownRates).map((rate) => [rate, new TokenBucket(rate, now)]));
  }

  /** Whether a frame may be read. */
  takeFrame(text: string, now: MonotonicMs): boolean {
    return text.length <= shortFrameLengthMax || this.#longFrames.take(now);
  }

  takeRequest(id: GroupRequest['id'], now: MonotonicMs): boolean {
    const rate = ownRates[id];
    return (rate === undefined ? this.#requests : this.#own.get(rate))?.take(now) ?? true;
  }
}
