import { type SendBatch, sendFlag } from '@rivero/core';

/** What a stream gives to the header of each of its packets. */
export interface PacketTemplate {
  readonly ssrc: number;
  readonly extensionElements: Uint8Array;
}

const fixedHeaderLength = 12;
const oneByteProfile = 0xbede;

/**
 * Writes the RTP header of row `row` at the start of `out` and answers its length: fixed header without CSRCs, and the
 * stream's and the row's extension elements in one one-byte-form block (RFC 3550 section 5.1, RFC 8285 section 4.2).
 */
export function writeHeader(out: Buffer, template: PacketTemplate, batch: SendBatch, row: number): number {
  const own = template.extensionElements.length;
  const elements = own + batch.extensionLength[row];
  const marker = (batch.flags[row] & sendFlag.marker) === 0 ? 0 : 0x80;
  out[0] = elements === 0 ? 0x80 : 0x90;
  out[1] = marker | batch.payloadType[row];
  const sequence = batch.sequence[row];
  out[2] = sequence >> 8;
  out[3] = sequence & 0xff;
  writeUint32(out, 4, batch.timestamp[row]);
  writeUint32(out, 8, template.ssrc);
  if (elements === 0) return fixedHeaderLength;
  const words = (elements + 3) >> 2;
  out[12] = oneByteProfile >> 8;
  out[13] = oneByteProfile & 0xff;
  out[14] = words >> 8;
  out[15] = words & 0xff;
  let offset = 16;
  for (let i = 0; i < own; i++) out[offset++] = template.extensionElements[i];
  const from = batch.extensionOffset[row];
  for (let i = 0; i < batch.extensionLength[row]; i++) out[offset++] = batch.extensionBytes[from + i];
  const end = 16 + words * 4;
  while (offset < end) out[offset++] = 0;
  return end;
}

/** Writes the payload behind a header of `headerLength` bytes and answers the length of both (RTX: RFC 4588 section 4). */
export function writePayload(out: Buffer, headerLength: number, pool: Buffer, batch: SendBatch, row: number): number {
  let offset = headerLength;
  if ((batch.flags[row] & sendFlag.rtx) !== 0) {
    const original = batch.originalSequence[row];
    out[offset++] = original >> 8;
    out[offset++] = original & 0xff;
  }
  const from = batch.payloadOffset[row];
  const length = batch.payloadLength[row];
  pool.copy(out, offset, from, from + length);
  return offset + length;
}

function writeUint32(out: Buffer, offset: number, value: number): void {
  out[offset] = value >>> 24;
  out[offset + 1] = value >>> 16;
  out[offset + 2] = value >>> 8;
  out[offset + 3] = value;
}
