import { type BitsPerSecond, bitsPerSecond, type MonotonicMs } from '@rivero/core';

const buckets = 10;
const bucketMs = 100;

/** Bits in the last second, in tenths of one. */
export class BitrateMeter {
  readonly #bytes = new Float64Array(buckets);
  #bucket = 0;

  count(bytes: number, now: MonotonicMs): void {
    this.#advance(now);
    this.#bytes[this.#bucket % buckets] += bytes;
  }

  bitrate(now: MonotonicMs): BitsPerSecond {
    this.#advance(now);
    let sum = 0;
    for (const bytes of this.#bytes) sum += bytes;
    return bitsPerSecond(sum * 8);
  }

  #advance(now: MonotonicMs): void {
    const bucket = Math.floor(now / bucketMs);
    if (bucket - this.#bucket >= buckets) this.#bytes.fill(0);
    else for (let i = this.#bucket + 1; i <= bucket; i++) this.#bytes[i % buckets] = 0;
    if (bucket > this.#bucket) this.#bucket = bucket;
  }
}
