import { assert } from '@rivero/core';

/** Largest frame that its 16-bit length can tell (RFC 4571 section 2). */
export const frameLengthMax = 65_535;

/**
 * The packet with its length in front, for a connection.
 *
 *     | LENGTH (16, network order) |  packet of LENGTH bytes ... |
 *
 * Source: RFC 4571 section 2.
 */
export function frame(packet: Uint8Array): Uint8Array {
  assert(packet.length <= frameLengthMax, 'a packet fits its frame');
  const framed = new Uint8Array(2 + packet.length);
  framed[0] = packet.length >> 8;
  framed[1] = packet.length & 0xff;
  framed.set(packet, 2);
  return framed;
}

/** Cuts a connection's bytes into packets. A frame beyond the limit is a defect, and the connection is to be closed. */
export class StreamDeframer {
  readonly #packetLengthMax: number;
  #pending = new Uint8Array(0);
  #isDefective = false;

  constructor(packetLengthMax: number) {
    this.#packetLengthMax = packetLengthMax;
  }

  /** The packets that the chunk completes: copies for frames that spanned chunks, views otherwise. Empty frames are passed over. */
  handleChunk(chunk: Uint8Array): readonly Uint8Array[] | 'frame-too-long' {
    if (this.#isDefective) return 'frame-too-long';
    let bytes = chunk;
    if (this.#pending.length > 0) {
      bytes = new Uint8Array(this.#pending.length + chunk.length);
      bytes.set(this.#pending);
      bytes.set(chunk, this.#pending.length);
    }
    const packets: Uint8Array[] = [];
    let offset = 0;
    while (offset + 2 <= bytes.length) {
      const length = (bytes[offset] << 8) | bytes[offset + 1];
      if (length > this.#packetLengthMax) {
        this.#isDefective = true;
        this.#pending = new Uint8Array(0);
        return 'frame-too-long';
      }
      if (offset + 2 + length > bytes.length) break;
      if (length > 0) packets.push(bytes.subarray(offset + 2, offset + 2 + length));
      offset += 2 + length;
    }
    // Not slice(): of a Buffer that would be a view, and the whole chunk would stay.
    this.#pending = new Uint8Array(bytes.subarray(offset));
    return packets;
  }
}
