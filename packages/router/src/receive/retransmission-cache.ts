import { after, elapsed, milliseconds, type MonotonicMs, never, type PacketPool } from '@rivero/core';
import { cacheAgeMax, poolReserveShare } from '../limits.ts';

/** One packet of a producer, as consumers need it. */
export interface CachedPacket {
  /** Extended sequence number in the producer's stream. */
  readonly sequence: number;
  /** How many packets the producer had received before. */
  readonly arrival: number;
  readonly slot: number;
  /** Absolute in the pool. */
  readonly payloadOffset: number;
  readonly payloadLength: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** RFC 6464, level and voice bit as on the wire; -1: none. */
  readonly audioLevel: number;
  /** 3GPP TS 26.114, as on the wire; -1: none. */
  readonly videoOrientation: number;
  readonly isKeyframeStart: boolean;
  readonly arrivedAt: MonotonicMs;
}

/**
 * The last packets of one producer, by extended sequence number. Their slots are retained in the pool; they go when
 * they are overwritten or too old, which comes sooner while the pool is low, and at the latest one second after the last.
 */
export class RetransmissionCache {
  readonly #pool: PacketPool;
  readonly #packets: (CachedPacket | undefined)[];
  /** Everything below is gone. */
  #oldest = 0;
  #newest = -1;
  #heldCount = 0;
  #lastAt: MonotonicMs = never;

  constructor(pool: PacketPool, packetsMax: number) {
    this.#pool = pool;
    this.#packets = Array.from({ length: packetsMax });
  }

  /** Keeps a packet and retains its slot, unless the pool has no more than its reserve; one with the same place goes. */
  put(packet: CachedPacket, now: MonotonicMs): void {
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
    this.#packets[place] = packet;
    this.#heldCount += 1;
    this.#lastAt = now;
  }

  get(sequence: number): CachedPacket | undefined {
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
      if (packet !== undefined && elapsed(packet.arrivedAt, now) < ageMax) return;
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
    this.#heldCount -= 1;
    this.#pool.release(packet.slot);
  }
}
