import { type PacketPool, packetSlotSize, ReceiveBatch, type SendBatch } from '@rivero/core';
import { datapathCounters } from '../contract.ts';

const rowsMax = 256;

/** Rows of one SendBatch at most. */
const sendRowsMax = 65_536;

/** What both the addon and JavaScript read and write (shared-memory.h). */
export interface SharedMemory {
  readonly pool: Uint8Array;
  readonly references: Uint16Array;
  readonly free: Uint32Array;
  readonly freeCount: Uint32Array;
  readonly kind: Uint8Array;
  readonly slot: Uint32Array;
  readonly offset: Uint32Array;
  readonly length: Uint16Array;
  readonly path: Uint32Array;
  readonly session: Uint32Array;
  /** Received rows, those of strangers among them, and rows of a SendBatch that JavaScript sends. */
  readonly counts: Uint32Array;
  /** By row: socket, length of the IP address, port. */
  readonly strangerEnds: Uint32Array;
  readonly strangerIps: Uint8Array;
  readonly foreignRows: Uint32Array;
  readonly output: Uint8Array;
  readonly counters: Float64Array;
}

/** The memory of one worker, and the batch whose columns are in it. */
export function openSharedMemory(pool: PacketPool): { readonly memory: SharedMemory; readonly batch: ReceiveBatch } {
  const batch = new ReceiveBatch(rowsMax);
  const { kind, slot, offset, length, path, session } = batch;
  const memory: SharedMemory = {
    pool: pool.bytes,
    references: pool.references,
    free: pool.free,
    freeCount: pool.count,
    kind,
    slot,
    offset,
    length,
    path,
    session,
    counts: new Uint32Array(3),
    strangerEnds: new Uint32Array(rowsMax * 3),
    strangerIps: new Uint8Array(rowsMax * 16),
    foreignRows: new Uint32Array(sendRowsMax),
    output: new Uint8Array(packetSlotSize),
    counters: new Float64Array(datapathCounters.length),
  };
  return { memory, batch };
}

/** Arrays as the addon takes them, one argument behind the other. */
export type ArrayArguments = readonly NodeJS.TypedArray[];

/** In the order in which native/src/datapath-addon.cc takes them. */
export function sharedArrays(memory: SharedMemory): ArrayArguments {
  const { pool, references, free, freeCount, kind, slot, offset, length, path, session } = memory;
  const { counts, strangerEnds, strangerIps, foreignRows, output, counters } = memory;
  const received = [pool, references, free, freeCount, kind, slot, offset, length, path, session];
  return [...received, counts, strangerEnds, strangerIps, foreignRows, output, counters];
}

/** In the order in which native/src/datapath-addon.cc takes them. */
export function batchArrays(batch: SendBatch): ArrayArguments {
  const { stream, payloadOffset, payloadLength, rolloverCounter, sequence, timestamp } = batch;
  const { payloadType, flags, originalSequence, extensionOffset, extensionLength, extensionBytes } = batch;
  const packet = [stream, payloadOffset, payloadLength, rolloverCounter, sequence, timestamp];
  return [...packet, payloadType, flags, originalSequence, extensionOffset, extensionLength, extensionBytes];
}

/** Places in `counts`. */
export const countOf = { received: 0, strangers: 1, foreign: 2 } as const;
