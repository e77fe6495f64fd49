/** The ciphertext of a stream's last packets, for receivers without RTX: sent again as they were, never sealed again. */
export class SentPackets {
  readonly #packets: (Uint8Array | undefined)[];
  readonly #indexes: Float64Array;

  constructor(packetsMax: number) {
    this.#packets = Array.from({ length: packetsMax });
    this.#indexes = new Float64Array(packetsMax).fill(-1);
  }

  /** Keeps a copy of the sealed packet under its extended sequence number. */
  keep(index: number, sealed: Uint8Array): void {
    const place = index % this.#packets.length;
    // Not slice(): of a Buffer that would be a view.
    this.#packets[place] = new Uint8Array(sealed);
    this.#indexes[place] = index;
  }

  find(index: number): Uint8Array | undefined {
    const place = index % this.#packets.length;
    return this.#indexes[place] === index ? this.#packets[place] : undefined;
  }
}
