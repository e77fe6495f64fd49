import { type SealedRtp, type SealTag, sealTagLength } from '@rivero/protocol/srtp';

/**
 * What tells a stream's last packets from all others, for receivers without RTX: a packet is sealed again from its row, and
 * leaves only when it is the very one that was sent. By place, the extended sequence number modulo the length:
 *
 *     | extended sequence number | length | tag (16) |
 */
export class SentTags {
  readonly #packetsMax: number;
  /** 26 bytes a packet; made with the first one, as many streams never send. */
  #places: { readonly indexes: Float64Array; readonly lengths: Uint16Array; readonly tags: Uint8Array } | undefined;

  constructor(packetsMax: number) {
    this.#packetsMax = packetsMax;
  }

  /** Keeps the sealed packet's length and tag under its extended sequence number, unless a newer packet has its place. */
  keep(index: number, length: number, tag: SealTag): void {
    this.#places ??= {
      indexes: new Float64Array(this.#packetsMax).fill(-1),
      lengths: new Uint16Array(this.#packetsMax),
      tags: new Uint8Array(this.#packetsMax * sealTagLength),
    };
    const { indexes, lengths, tags } = this.#places;
    const place = index % this.#packetsMax;
    if (indexes[place] > index) return;
    indexes[place] = index;
    lengths[place] = length;
    tags.set(tag, place * sealTagLength);
  }

  /** `undefined` when it is not here any more; the tag is a view, valid until the next {@link keep}. */
  find(index: number): SealedRtp | undefined {
    if (this.#places === undefined) return undefined;
    const { indexes, lengths, tags } = this.#places;
    const place = index % this.#packetsMax;
    if (indexes[place] !== index) return undefined;
    const offset = place * sealTagLength;
    return { length: lengths[place], tag: tags.subarray(offset, offset + sealTagLength) };
  }
}
