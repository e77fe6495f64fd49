/**
 * Maps a producer's extended sequence numbers and timestamps to a consumer's. Gaps stay gaps, so the receiver asks for
 * what is missing; a new stream behind the producer goes on where the old one ended.
 */
export class SequenceRewriter {
  readonly #first: number;
  /** Outgoing minus incoming. */
  #sequenceOffset = 0;
  /** Timestamps are kept with 32 bits and a sign, which V8 has within the object. */
  #timestampOffset = 0;
  /** Outgoing numbers of this stream behind the producer begin here. */
  #begin = -1;
  #newest = -1;
  #newestTimestamp = 0;

  constructor(first: number) {
    this.#first = first;
  }

  /** The greatest outgoing extended sequence number; -1 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** A stream begins with this packet; `timestampGap` is the time since the last one, in the codec's clock. */
  begin(sequence: number, timestamp: number, timestampGap: number): void {
    this.#begin = this.#newest === -1 ? this.#first : this.#newest + 1;
    this.#timestampOffset = this.#newest === -1 ? 0 : (this.#newestTimestamp + timestampGap - timestamp) | 0;
    this.#sequenceOffset = this.#begin - sequence;
  }

  /** The same stream goes on with this packet after a pause: without a hole in the numbers, and on the same clock. */
  resume(sequence: number): void {
    this.#begin = this.#newest + 1;
    this.#sequenceOffset = this.#begin - sequence;
  }

  /** The outgoing extended sequence number; -1 for a packet from before the beginning. */
  sequence(sequence: number): number {
    const outgoing = sequence + this.#sequenceOffset;
    return outgoing < this.#begin ? -1 : outgoing;
  }

  timestamp(timestamp: number): number {
    return (timestamp + this.#timestampOffset) >>> 0;
  }

  handleSent(outgoing: number, outgoingTimestamp: number): void {
    if (outgoing <= this.#newest) return;
    this.#newest = outgoing;
    this.#newestTimestamp = outgoingTimestamp | 0;
  }

  /** The incoming number behind an outgoing 16-bit one that was sent lately; -1 when it belongs to an earlier stream. */
  incoming(outgoing16: number): number {
    if (this.#newest === -1) return -1;
    const back = (this.#newest - outgoing16) & 0xffff;
    const outgoing = this.#newest - back;
    return outgoing < this.#begin ? -1 : outgoing - this.#sequenceOffset;
  }
}
