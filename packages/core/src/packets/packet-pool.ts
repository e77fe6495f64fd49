import { assert } from '../assert.ts';

/** Bytes of one slot: an Ethernet MTU with room for an SRTP tag and for headers that grow. */
export const packetSlotSize = 2048;

/**
 * The packets of one media worker: equal slots in one shared buffer, handed out and counted. Whoever keeps a packet
 * beyond the batch it came in retains its slot; a slot whose count falls to zero is free again.
 *
 * A packet inside is named by its slot and an absolute byte offset into `bytes`; no object exists per packet.
 */
export class PacketPool {
  /** All slots, one after the other: slot `n` begins at `n * packetSlotSize`. */
  readonly bytes: Uint8Array;
  readonly slotsMax: number;
  /** How many hold each slot; 0: it is free. Native code takes and frees slots in these three arrays too. */
  readonly references: Uint16Array;
  /** The free slots, and how many there are. */
  readonly free: Uint32Array;
  readonly count = new Uint32Array(1);
  readonly #views: (Uint8Array | undefined)[] = [];

  constructor(slotsMax: number) {
    this.slotsMax = slotsMax;
    this.bytes = new Uint8Array(slotsMax * packetSlotSize);
    this.references = new Uint16Array(slotsMax);
    this.free = new Uint32Array(slotsMax);
    for (let i = 0; i < slotsMax; i++) this.free[i] = slotsMax - 1 - i;
    this.count[0] = slotsMax;
  }

  /** A free slot with one reference, or -1 when every slot is in use. */
  take(): number {
    const count = this.count[0];
    if (count === 0) return -1;
    this.count[0] = count - 1;
    const slot = this.free[count - 1];
    this.references[slot] = 1;
    return slot;
  }

  retain(slot: number): void {
    assert(this.references[slot] > 0, 'retained a packet slot that is free');
    this.references[slot] += 1;
  }

  release(slot: number): void {
    assert(this.references[slot] > 0, 'released a packet slot that is free');
    this.references[slot] -= 1;
    if (this.references[slot] === 0) this.free[this.count[0]++] = slot;
  }

  /** The bytes of one slot: a view that is made when it is first asked for, as one for each packet would be garbage. */
  slotBytes(slot: number): Uint8Array {
    const known = this.#views[slot];
    if (known !== undefined) return known;
    const view = this.bytes.subarray(slot * packetSlotSize, (slot + 1) * packetSlotSize);
    this.#views[slot] = view;
    return view;
  }

  get freeCount(): number {
    return this.count[0];
  }
}
