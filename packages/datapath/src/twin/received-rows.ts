import {
  type Counters,
  type PacketPool,
  packetSlotSize,
  type PathHandle,
  ReceiveBatch,
  type SessionHandle,
} from '@rivero/core';
import type { DatapathCounter } from '../contract.ts';

const rowsMax = 256;

/** What was received since the last wake-up was handed over. */
export class ReceivedRows {
  readonly #pool: PacketPool;
  readonly #counters: Counters<DatapathCounter>;
  readonly #batch = new ReceiveBatch(rowsMax);
  #handler: (batch: ReceiveBatch) => void = () => {};

  constructor(pool: PacketPool, counters: Counters<DatapathCounter>) {
    this.#pool = pool;
    this.#counters = counters;
  }

  onBatch(handler: (batch: ReceiveBatch) => void): void {
    this.#handler = handler;
  }

  /** The slot that the packet was copied to; -1: dropped. */
  takeSlot(bytes: Uint8Array): number {
    this.#counters.count('received');
    this.#counters.count('bytes-received', bytes.length);
    const isTooLong = bytes.length > packetSlotSize;
    const slot = isTooLong ? -1 : this.#pool.take();
    if (slot === -1) this.#counters.count(isTooLong ? 'receive-too-long' : 'receive-pool-empty');
    else this.#pool.bytes.set(bytes, slot * packetSlotSize);
    return slot;
  }

  put(kind: number, slot: number, length: number, path: PathHandle, session: SessionHandle): void {
    const batch = this.#batch;
    const row = batch.count++;
    batch.kind[row] = kind;
    batch.slot[row] = slot;
    batch.offset[row] = slot * packetSlotSize;
    batch.length[row] = length;
    batch.path[row] = path;
    batch.session[row] = session;
  }

  /** Once each packet: a full batch cannot wait. */
  deliverWhenFull(): void {
    if (this.#batch.count === this.#batch.capacity) this.deliver();
  }

  /** Hands the rows over; their slots are gone after that. */
  deliver(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    try {
      this.#handler(batch);
    } finally {
      for (let row = 0; row < batch.count; row++) this.#pool.release(batch.slot[row]);
      batch.count = 0;
    }
  }
}
