/** The big-endian unsigned 32-bit integer at `offset`. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}

/** Writes a big-endian unsigned 32-bit integer at `offset`. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** Exclusive-ors a big-endian 32-bit integer into the bytes at `offset`. */
export function xorUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] ^= value >>> 24;
  bytes[offset + 1] ^= value >>> 16;
  bytes[offset + 2] ^= value >>> 8;
  bytes[offset + 3] ^= value;
}

/** The first `length` bytes are those at `offset` of the other; takes equally long wherever the first difference is. */
export function areEqual(bytes: Uint8Array, other: Uint8Array, offset: number, length: number): boolean {
  let difference = 0;
  for (let i = 0; i < length; i++) difference |= bytes[i] ^ other[offset + i];
  return difference === 0;
}
