/** Of a writer at first: V8 keeps arrays up to this size in its own heap, where they cost least. */
const sizeFirst = 64;

/** Writes big-endian fields in order into a buffer that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(sizeFirst);
  #length = 0;

  uint8(value: number): this {
    const at = this.#advance(1);
    this.#bytes[at] = value;
    return this;
  }

  uint16(value: number): this {
    const at = this.#advance(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
    return this;
  }

  uint24(value: number): this {
    return this.uint8(value >> 16).uint16(value);
  }

  /** 48 bits. */
  uint48(value: number): this {
    return this.uint24(Math.floor(value / 0x1000000)).uint24(value % 0x1000000);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** The bytes behind their length in 1, 2 or 3 bytes (RFC 5246 section 4.3). */
  vector(lengthBytes: 1 | 2 | 3, bytes: Uint8Array): this {
    return this.#vectorLength(lengthBytes, bytes.length).bytes(bytes);
  }

  uint16Vector(lengthBytes: 1 | 2, values: readonly number[]): this {
    this.#vectorLength(lengthBytes, values.length * 2);
    for (const value of values) this.uint16(value);
    return this;
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #vectorLength(lengthBytes: 1 | 2 | 3, length: number): this {
    if (lengthBytes === 1) return this.uint8(length);
    return lengthBytes === 2 ? this.uint16(length) : this.uint24(length);
  }

  /** Where the next bytes go, with room for so many. */
  #advance(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}

export function concatBytes(
  chunks: readonly Uint8Array[],
  length = chunks.reduce((sum, { length }) => sum + length, 0),
): Uint8Array {
  const out = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    out.set(chunk, offset);
    offset += chunk.length;
  }
  return out;
}
