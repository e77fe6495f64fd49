import { type SendBatch, sendFlag } from '@rivero/core';
import { closeOneByteExtension, extensionElementsOffset, writeRtpHeader } from '@rivero/protocol/rtp';

/** What a stream gives to the header of each of its packets. */
export interface PacketTemplate {
  readonly ssrc: number;
  readonly extensionElements: Uint8Array;
}

/**
 * Writes the RTP header of row `row` at the start of `out` and answers its length: fixed header without CSRCs, and the
 * stream's and the row's extension elements in one one-byte-form block (RFC 3550 section 5.1, RFC 8285 section 4.2).
 */
export function writeHeader(out: Buffer, template: PacketTemplate, batch: SendBatch, row: number): number {
  const length = writeRtpHeader(out, 0, {
    // The bit above is the marker's.
    payloadType: batch.payloadType[row] & 0x7f,
    marker: (batch.flags[row] & sendFlag.marker) !== 0,
    sequence: batch.sequence[row],
    timestamp: batch.timestamp[row],
    ssrc: template.ssrc,
  });
  const own = template.extensionElements.length;
  const elements = own + batch.extensionLength[row];
  if (elements === 0) return length;
  let offset = extensionElementsOffset;
  for (let i = 0; i < own; i++) out[offset++] = template.extensionElements[i];
  const from = batch.extensionOffset[row];
  for (let i = 0; i < batch.extensionLength[row]; i++) out[offset++] = batch.extensionBytes[from + i];
  return closeOneByteExtension(out, 0, elements);
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
