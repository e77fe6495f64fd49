import { elapsed, type MonotonicMs, type PacketPool } from '@rivero/core';
import { cacheAgeMax, poolReserveShare } from '../limits.ts';

/** One packet of a producer, as consumers need it. Filled again for every packet. */
export interface CachedPacket {
  /** Extended sequence number in the producer's stream. */
  sequence: number;
  slot: number;
  /** Absolute in the pool. */
  payloadOffset: number;
  payloadLength: number;
  timestamp: number;
  marker: boolean;
  /** RFC 6464, level and voice bit as on the wire; -1: none. */
  audioLevel: number;
  /** 3GPP TS 26.114, as on the wire; -1: none. */
  videoOrientation: number;
  isKeyframeStart: boolean;
  arrivedAt: MonotonicMs;
}

/**
 * The last packets of one producer, by extended sequence number. Their slots are retained in the pool; they go when
 * they are overwritten, too old, or when the pool runs low.
 */
export class RetransmissionCache {
  readonly #pool: PacketPool;
  readonly #packets: (CachedPacket | undefined)[];
  /** Everything below is gone. */
  #oldest = 0;
  #newest = -1;

  constructor(pool: PacketPool, packetsMax: number) {
    this.#pool = pool;
    this.#packets = Array.from({ length: packetsMax });
  }

  /** Keeps a packet and retains its slot; one with the same place goes. */
  put(packet: CachedPacket, now: MonotonicMs): void {
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
    this.#pool.retain(packet.slot);
    this.#packets[place] = packet;
    this.#dropAged(now);
  }

  get(sequence: number): CachedPacket | undefined {
    const packet = this.#packets[sequence % this.#packets.length];
    return packet?.sequence === sequence ? packet : undefined;
  }

  /** Releases every slot. */
  clear(): void {
    for (let place = 0; place < this.#packets.length; place++) this.#release(place);
    this.#newest = -1;
  }

  #dropAged(now: MonotonicMs): void {
    const isPoolLow = this.#pool.freeCount < this.#pool.slotsMax * poolReserveShare;
    const ageMax = isPoolLow ? cacheAgeMax / 8 : cacheAgeMax;
    while (this.#oldest < this.#newest) {
      const packet = this.get(this.#oldest);
      if (packet !== undefined && elapsed(packet.arrivedAt, now) <= ageMax) return;
      this.#release(this.#oldest % this.#packets.length);
      this.#oldest += 1;
    }
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
    this.#pool.release(packet.slot);
  }
}
