/** Bits of one block. */
const blockBits = 32;

/**
 * Which of the last packet indices were used: the replay list of a receiver, and what keeps a sender from using an index
 * twice. A ring of bits over the newest `blocks * 32` indices at most and `(blocks - 1) * 32 + 1` at least; moving on
 * clears only what it skips (as RFC 6479 does for IPsec).
 */
export class IndexWindow {
  readonly #bits: Uint32Array;
  #highest = -1;

  /** `blocks` is a power of two. */
  constructor(blocks: number) {
    this.#bits = new Uint32Array(blocks);
  }

  /** The highest index that was added; -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** True when the index was not added before, and is not too old to tell. */
  isNew(index: number): boolean {
    if (index > this.#highest) return true;
    const bits = this.#bits;
    if (blockOf(this.#highest) - blockOf(index) >= bits.length) return false;
    return (bits[(index >>> 5) & (bits.length - 1)] & (1 << (index & 31))) === 0;
  }

  /** Remembers an index that is new. */
  add(index: number): void {
    const bits = this.#bits;
    if (index > this.#highest) {
      const newest = blockOf(index);
      const skipped = Math.min(newest - blockOf(this.#highest), bits.length);
      for (let i = 0; i < skipped; i++) bits[(newest - i) % bits.length] = 0;
      this.#highest = index;
    }
    bits[(index >>> 5) & (bits.length - 1)] |= 1 << (index & 31);
  }
}

/** Indices have up to 48 bits: no shifts here. */
function blockOf(index: number): number {
  return Math.floor(index / blockBits);
}
