/** How far timestamp `to` is ahead of `from` on the 32-bit circle: -2^31 to 2^31 - 1. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0;
}

/** Extends 32-bit RTP timestamps to numbers that never wrap, each taken as the one nearest to the newest so far. */
export class TimestampUnwrapper {
  #newest: number | undefined;

  /** The extended timestamp; the newest is remembered. */
  unwrap(timestamp: number): number {
    if (this.#newest === undefined) {
      this.#newest = timestamp;
      return timestamp;
    }
    const extended = this.#newest + timestampDistance(this.#newest >>> 0, timestamp);
    if (extended > this.#newest) this.#newest = extended;
    return extended;
  }
}
