/** Reads big-endian fields in order; reading past the end leaves `isDefective` set and answers zeros, so a parser asks once. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  isDefective = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Everything was read and nothing was missing. */
  get isComplete(): boolean {
    return !this.isDefective && this.remaining === 0;
  }

  uint8(): number {
    return this.#number(1);
  }

  uint16(): number {
    return this.#number(2);
  }

  uint24(): number {
    return this.#number(3);
  }

  /** A view of the next bytes. */
  bytes(length: number): Uint8Array {
    if (this.remaining < length) {
      this.isDefective = true;
      return new Uint8Array(0);
    }
    const view = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return view;
  }

  /** A vector with its length in 1, 2 or 3 bytes in front (RFC 5246 section 4.3). */
  vector(lengthBytes: 1 | 2 | 3): Uint8Array {
    return this.bytes(this.#number(lengthBytes));
  }

  /** A vector of 16-bit numbers behind its length; an odd length is a defect. */
  uint16Vector(lengthBytes: 1 | 2): readonly number[] {
    const bytes = this.vector(lengthBytes);
    if (bytes.length % 2 !== 0) this.isDefective = true;
    return Array.from({ length: bytes.length >> 1 }, (_, i) => (bytes[i * 2] << 8) | bytes[i * 2 + 1]);
  }

  #number(length: number): number {
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      this.isDefective = true;
      return 0;
    }
    let value = 0;
    while (this.#offset < end) value = value * 256 + this.#bytes[this.#offset++];
    return value;
  }
}
