import { type MonotonicMs, parseIp, type RandomBytes, randomUint32 } from '@rivero/core';

/** Places of the table; sources that fall into the same one share it. */
const placesMax = 16_384;

export interface SourceLimit {
  readonly perSecond: number;
  /** After silence. */
  readonly burst: number;
}

/**
 * How often each source may be answered: an IPv4 address, or a /64 of IPv6. Of fixed size, however many sources there are;
 * nobody can know whom they share a place with.
 */
export class SourceLimiter {
  readonly #limit: SourceLimit;
  readonly #seed: number;
  readonly #tokens = new Float32Array(placesMax);
  readonly #filledAt = new Float64Array(placesMax);

  constructor(limit: SourceLimit, random: RandomBytes) {
    this.#limit = limit;
    this.#seed = randomUint32(random);
    this.#tokens.fill(limit.burst);
  }

  /** Whether it could take. */
  has(ip: string, now: MonotonicMs): boolean {
    return this.#tokensAt(this.#placeOf(ip), now) >= 1;
  }

  /** False: the source has had enough. */
  take(ip: string, now: MonotonicMs): boolean {
    const place = this.#placeOf(ip);
    const tokens = this.#tokensAt(place, now);
    this.#filledAt[place] = now;
    this.#tokens[place] = tokens < 1 ? tokens : tokens - 1;
    return tokens >= 1;
  }

  #tokensAt(place: number, now: MonotonicMs): number {
    const { perSecond, burst } = this.#limit;
    const passed = Math.max(0, now - this.#filledAt[place]);
    return Math.min(burst, this.#tokens[place] + (passed * perSecond) / 1_000);
  }

  /** Murmur3's mixing of the address with the seed. */
  #placeOf(ip: string): number {
    const bytes = parseIp(ip);
    const view = new DataView(bytes.buffer);
    let hash = this.#seed;
    for (let i = 0; i < Math.min(bytes.length, 8); i += 4) {
      hash = Math.imul(hash ^ view.getUint32(i), 0x85ebca6b);
      hash ^= hash >>> 13;
      hash = Math.imul(hash, 0xc2b2ae35);
      hash ^= hash >>> 16;
    }
    return (hash >>> 0) % placesMax;
  }
}
