/** Records behind the newest one that may still arrive (RFC 6347 section 4.1.2.6). */
export const replayWindowSize = 64;

/** Tells records that were accepted before, or that are too old to tell (RFC 4303 section 3.4.3). */
export class ReplayWindow {
  #newest = -1;
  #seen = 0n;

  /** Asked before a record is opened; {@link accept} only after it authenticated. */
  isFresh(sequence: number): boolean {
    if (sequence > this.#newest) return true;
    const age = this.#newest - sequence;
    return age < replayWindowSize && ((this.#seen >> BigInt(age)) & 1n) === 0n;
  }

  accept(sequence: number): void {
    if (sequence > this.#newest) {
      const shift = this.#newest === -1 ? replayWindowSize : Math.min(sequence - this.#newest, replayWindowSize);
      this.#seen = BigInt.asUintN(replayWindowSize, (this.#seen << BigInt(shift)) | 1n);
      this.#newest = sequence;
    } else {
      this.#seen |= 1n << BigInt(this.#newest - sequence);
    }
  }
}
