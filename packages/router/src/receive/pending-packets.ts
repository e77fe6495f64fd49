import { emptyPacket, type ReceivedPacket } from './received-packet.ts';

/** Packets of the batch in hand, in the order they came. Their records are filled again with the next batch. */
export class PendingPackets {
  readonly #packets: ReceivedPacket[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** One more, to be filled. */
  add(): ReceivedPacket {
    if (this.#count === this.#packets.length) this.#packets.push(emptyPacket());
    return this.#packets[this.#count++];
  }

  at(index: number): ReceivedPacket {
    return this.#packets[index];
  }

  clear(): void {
    this.#count = 0;
  }
}
