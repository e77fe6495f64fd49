import { type BitsPerSecond, bitsPerSecond, type MonotonicMs } from '@rivero/core';

const buckets = 10;
const bucketMs = 100;

/** Bits in the last second, in tenths of one. */
export class BitrateMeter {
  /** Of the tenths before, by their numbers. */
  readonly #bytes = new Float64Array(buckets);
  /** The tenth in hand, and its bytes: here, because it is counted for each packet of each receiver. */
  #bucket = 0;
  #count = 0;

  count(bytes: number, now: MonotonicMs): void {
    if (Math.floor(now / bucketMs) > this.#bucket) this.#advance(now);
    this.#count += bytes;
  }

  bitrate(now: MonotonicMs): BitsPerSecond {
    this.#advance(now);
    let sum = this.#count;
    for (const bytes of this.#bytes) sum += bytes;
    return bitsPerSecond(sum * 8);
  }

  #advance(now: MonotonicMs): void {
    const bucket = Math.floor(now / bucketMs);
    if (bucket <= this.#bucket) return;
    this.#bytes[this.#bucket % buckets] = this.#count;
    if (bucket - this.#bucket >= buckets) this.#bytes.fill(0);
    else for (let i = this.#bucket + 1; i <= bucket; i++) this.#bytes[i % buckets] = 0;
    this.#bucket = bucket;
    this.#count = 0;
  }
}
