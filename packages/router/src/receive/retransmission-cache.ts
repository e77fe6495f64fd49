import { after, milliseconds, type MonotonicMs, never, type PacketPool } from '@rivero/core';
import { cacheAgeMax, poolReserveShare } from '../limits.ts';
import { copyPacket, emptyPacket, type ReceivedPacket } from './received-packet.ts';

/**
 * The last packets of one producer, by extended sequence number. Their slots are retained in the pool; they go when
 * they are overwritten or too old, which comes sooner while the pool is low, and at the latest one second after the last.
 */
export class RetransmissionCache {
  readonly #pool: PacketPool;
  readonly #packets: (ReceivedPacket | undefined)[];
  /** Let go of, to be filled again: as many as were held at once. */
  readonly #spare: ReceivedPacket[] = [];
  /** Everything below is gone. */
  #oldest = 0;
  #newest = -1;
  #heldCount = 0;
  #lastAt: MonotonicMs = never;

  constructor(pool: PacketPool, packetsMax: number) {
    this.#pool = pool;
    this.#packets = Array.from({ length: packetsMax });
  }

  /** Keeps a copy of a packet and retains its slot, unless the pool has no more than its reserve; one with the same place goes. */
  put(packet: ReceivedPacket, now: MonotonicMs): void {
    this.dropAged(now);
    const size = this.#packets.length;
    if (this.#newest === -1) {
      this.#oldest = packet.sequence;
      this.#newest = packet.sequence;
    }
    if (packet.sequence > this.#newest) {
      this.#newest = packet.sequence;
      if (this.#newest - this.#oldest >= size) this.#dropBelow(this.#newest - size + 1);
    } else if (packet.sequence < this.#oldest) {
      return;
    }
    const place = packet.sequence % size;
    this.#release(place);
    if (this.#isPoolLow()) return;
    this.#pool.retain(packet.slot);
    const kept = this.#spare.pop() ?? emptyPacket();
    copyPacket(packet, kept);
    this.#packets[place] = kept;
    this.#heldCount += 1;
    this.#lastAt = now;
  }

  /** Valid until the next {@link put}. */
  get(sequence: number): ReceivedPacket | undefined {
    const packet = this.#packets[sequence % this.#packets.length];
    return packet?.sequence === sequence ? packet : undefined;
  }

  /** When all that is held is too old: no earlier, because what comes until then lets go of what is older. */
  deadline(): MonotonicMs {
    return this.#heldCount === 0 ? never : after(this.#lastAt, cacheAgeMax);
  }

  dropAged(now: MonotonicMs): void {
    const ageMax = this.#isPoolLow() ? milliseconds(cacheAgeMax / 8) : cacheAgeMax;
    while (this.#oldest <= this.#newest) {
      const packet = this.get(this.#oldest);
      if (packet !== undefined && now < after(packet.arrivedAt, ageMax)) return;
      this.#release(this.#oldest % this.#packets.length);
      this.#oldest += 1;
    }
  }

  /** Releases every slot. */
  clear(): void {
    for (let place = 0; place < this.#packets.length; place++) this.#release(place);
    this.#newest = -1;
  }

  #isPoolLow(): boolean {
    return this.#pool.freeCount < this.#pool.slotsMax * poolReserveShare;
  }

  #dropBelow(sequence: number): void {
    const steps = Math.min(sequence - this.#oldest, this.#packets.length);
    for (let i = 0; i < steps; i++) this.#release((this.#oldest + i) % this.#packets.length);
    this.#oldest = sequence;
  }

  #release(place: number): void {
    const packet = this.#packets[place];
    if (packet === undefined) return;
    this.#packets[place] = undefined;
    this.#spare.push(packet);
    this.#heldCount -= 1;
    this.#pool.release(packet.slot);
  }
}
