import type { RtcpDefect } from './rtcp-defect.ts';

/** Packet status symbols (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.1); 3 is reserved. */
const notReceived = 0;
export const receivedSmall = 1;
export const receivedLarge = 2;

const runLengthMax = 0x1fff;
const oneBitSymbols = 14;
const twoBitSymbols = 7;

/** One received packet, by its place behind the base sequence number. */
interface ReceivedStatus {
  readonly index: number;
  /** Its delta has two bytes. */
  readonly isLarge: boolean;
}

/**
 * Reads chunks from `at` on until they cover `statusCount` packets; `end` is where the deltas begin. Only what was
 * received is listed, so that a few chunks that claim 65,535 lost packets cost nothing.
 *
 *     run length:         |0| S (2)  |     run length (13)      |
 *     one-bit vector:     |1|0|  14 symbols of 1 bit: lost, small |
 *     two-bit vector:     |1|1|  7 symbols of 2 bits             |
 *
 * Source: draft-holmer-rmcat-transport-wide-cc-extensions-01 sections 3.1.2 to 3.1.4.
 */
export function readStatusChunks(
  view: DataView,
  at: number,
  statusCount: number,
): { readonly received: readonly ReceivedStatus[]; readonly end: number } | RtcpDefect {
  const received: ReceivedStatus[] = [];
  let index = 0;
  let end = at;
  while (index < statusCount) {
    if (end + 2 > view.byteLength) return 'truncated';
    const chunk = view.getUint16(end);
    end += 2;
    const count = Math.min(symbolCount(chunk), statusCount - index);
    if (chunk < 0x8000 && symbolAt(chunk, 0) === notReceived) {
      index += count;
      continue;
    }
    // Every received packet has a delta of one byte at least.
    if (chunk < 0x8000 && received.length + count > view.byteLength) return 'truncated';
    for (let i = 0; i < count; i++, index++) {
      const symbol = symbolAt(chunk, i);
      if (symbol > receivedLarge) return 'malformed';
      if (symbol !== notReceived) received.push({ index, isLarge: symbol === receivedLarge });
    }
  }
  return { received, end };
}

function symbolCount(chunk: number): number {
  if (chunk < 0x8000) return chunk & runLengthMax;
  return chunk < 0xc000 ? oneBitSymbols : twoBitSymbols;
}

function symbolAt(chunk: number, i: number): number {
  if (chunk < 0x8000) return chunk >> 13;
  if (chunk < 0xc000) return (chunk >> (13 - i)) & 1;
  return (chunk >> (12 - 2 * i)) & 3;
}

/** The chunks for these symbols: at each step the kind of chunk that covers most of them. */
export function writeStatusChunks(statuses: Uint8Array): readonly number[] {
  const chunks: number[] = [];
  let index = 0;
  while (index < statuses.length) {
    const run = runLength(statuses, index);
    const oneBit = oneBitLength(statuses, index);
    const twoBit = Math.min(twoBitSymbols, statuses.length - index);
    const covered = Math.max(run, oneBit, twoBit);
    if (covered === run) chunks.push((statuses[index] << 13) | run);
    else if (covered === oneBit) chunks.push(0x8000 | packSymbols(statuses, index, 1, oneBitSymbols));
    else chunks.push(0xc000 | packSymbols(statuses, index, 2, twoBitSymbols));
    index += covered;
  }
  return chunks;
}

/** How many equal symbols begin at `from`, up to a chunk's worth. */
function runLength(statuses: Uint8Array, from: number): number {
  let end = from + 1;
  while (end < statuses.length && end - from < runLengthMax && statuses[end] === statuses[from]) end += 1;
  return end - from;
}

/** How many symbols from `from` on a one-bit vector takes; 0 unless it is full or reaches the end. */
function oneBitLength(statuses: Uint8Array, from: number): number {
  const end = Math.min(from + oneBitSymbols, statuses.length);
  for (let i = from; i < end; i++) if (statuses[i] > receivedSmall) return 0;
  return end - from;
}

/** The symbols from `from` on in a vector of `places` symbols; behind the last one, not received. */
function packSymbols(statuses: Uint8Array, from: number, bits: number, places: number): number {
  let packed = 0;
  for (let i = from; i < from + places; i++)
    packed = (packed << bits) | (i < statuses.length ? statuses[i] : notReceived);
  return packed;
}
