/** How many steps `to` is ahead of `from` on the circle of sequence numbers: -32768 to 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/**
 * Extends 16-bit sequence numbers to numbers that never wrap, each taken as the one nearest to the newest so far. The
 * first packet is in cycle 0; what was sent before it may come out negative.
 */
export class SequenceUnwrapper {
  #newest: number | undefined;

  /** The extended sequence number; the newest is remembered. */
  unwrap(sequence: number): number {
    const extended = this.peek(sequence);
    this.advance(extended);
    return extended;
  }

  /** Like {@link unwrap}, and remembers nothing. */
  peek(sequence: number): number {
    if (this.#newest === undefined) return sequence;
    return this.#newest + sequenceDistance(this.#newest & 0xffff, sequence);
  }

  /** A number that was extended elsewhere came. */
  advance(extended: number): void {
    if (this.#newest === undefined || extended > this.#newest) this.#newest = extended;
  }

  /** The highest extended sequence number so far. */
  get newest(): number | undefined {
    return this.#newest;
  }
}
