import { packetSlotSize } from '@rivero/core';

/** Records of one ring: a fifth of a second of four HD publishers; each takes a slot's bytes. */
export const ringRecordsMax = 1_024;

/** Places in `state`, 64 bytes apart, so that the two threads do not take each other's cache lines away. */
export const ringState = { written: 0, read: 16, sleeping: 32 } as const;
const stateLength = 48;

/** Bits of the `flags` column. */
export const ringFlag = { marker: 1, keyframeStart: 2, levelOnly: 4 } as const;

/**
 * Packets on their way from one media worker to another, in memory that both share: one thread writes, the other reads, nobody
 * waits. Columns, as in the batches of the datapath: place `n` of every array is one record.
 *
 *     state    how many were written and read since the beginning, modulo 2^32; whether the reader sleeps
 *     columns  what the reader needs of the packet
 *     bytes    the packet's slot of the writer's pool, whole: one copy of fixed length
 */
export interface PacketRing {
  readonly state: Int32Array;
  /** The number by which the writer told of the track. */
  readonly track: Uint32Array;
  readonly epoch: Uint32Array;
  /** Extended. */
  readonly sequence: Float64Array;
  readonly timestamp: Uint32Array;
  readonly payloadType: Uint8Array;
  /** Bits of `ringFlag`. */
  readonly flags: Uint8Array;
  /** -1: none. */
  readonly audioLevel: Int16Array;
  readonly videoOrientation: Int16Array;
  /** In the slot. */
  readonly payloadOffset: Uint16Array;
  readonly payloadLength: Uint16Array;
  readonly bytes: Uint8Array;
}

/** Bytes of one place of all columns, and of what stands before them. */
const columnsBytes = 8 + 4 + 4 + 4 + 2 + 2 + 2 + 2 + 1 + 1;
const stateBytes = stateLength * 4;

/** Memory for a new ring, in which the reader sleeps. */
export function makeRingMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(stateBytes + ringRecordsMax * (columnsBytes + packetSlotSize));
  new Int32Array(memory)[ringState.sleeping] = 1;
  return memory;
}

/** The ring in such memory, for either side. */
export function packetRing(memory: SharedArrayBuffer): PacketRing {
  let at = stateBytes;
  /** Widest columns first, so that all are aligned. */
  const take = (width: number): number => {
    const begin = at;
    at += width * ringRecordsMax;
    return begin;
  };
  return {
    state: new Int32Array(memory, 0, stateLength),
    sequence: new Float64Array(memory, take(8), ringRecordsMax),
    track: new Uint32Array(memory, take(4), ringRecordsMax),
    epoch: new Uint32Array(memory, take(4), ringRecordsMax),
    timestamp: new Uint32Array(memory, take(4), ringRecordsMax),
    audioLevel: new Int16Array(memory, take(2), ringRecordsMax),
    videoOrientation: new Int16Array(memory, take(2), ringRecordsMax),
    payloadOffset: new Uint16Array(memory, take(2), ringRecordsMax),
    payloadLength: new Uint16Array(memory, take(2), ringRecordsMax),
    payloadType: new Uint8Array(memory, take(1), ringRecordsMax),
    flags: new Uint8Array(memory, take(1), ringRecordsMax),
    bytes: new Uint8Array(memory, take(packetSlotSize), ringRecordsMax * packetSlotSize),
  };
}
