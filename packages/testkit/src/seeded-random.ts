import type { RandomBytes } from '@rivero/core';

/**
 * A deterministic source of randomness: the same seed gives the same sequence for ever, so a failure replays.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand); not for keys outside of tests.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    this.#counter = 1;
    for (let i = 0; i < 12; i++) this.#nextUint32();
  }

  /** A number in [0, 1). */
  next(): number {
    return this.#nextUint32() / 0x1_0000_0000;
  }

  /** True with the given probability. */
  happens(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** The same generator as a source of bytes. */
  readonly bytes: RandomBytes = (length) => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.#nextUint32() >>> 24;
    return out;
  };

  #nextUint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
