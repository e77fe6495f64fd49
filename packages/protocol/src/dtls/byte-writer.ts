/** Writes big-endian fields in order into a buffer that grows. */
export class ByteWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  uint8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  uint16(value: number): this {
    return this.bytes(Uint8Array.of(value >> 8, value));
  }

  uint24(value: number): this {
    return this.bytes(Uint8Array.of(value >> 16, value >> 8, value));
  }

  /** 48 bits. */
  uint48(value: number): this {
    return this.uint24(Math.floor(value / 0x1000000)).uint24(value % 0x1000000);
  }

  bytes(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  /** The bytes behind their length in 1, 2 or 3 bytes (RFC 5246 section 4.3). */
  vector(lengthBytes: 1 | 2 | 3, bytes: Uint8Array): this {
    if (lengthBytes === 1) this.uint8(bytes.length);
    else if (lengthBytes === 2) this.uint16(bytes.length);
    else this.uint24(bytes.length);
    return this.bytes(bytes);
  }

  uint16Vector(lengthBytes: 1 | 2, values: readonly number[]): this {
    return this.vector(lengthBytes, Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff])));
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return concatBytes(this.#chunks, this.#length);
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
