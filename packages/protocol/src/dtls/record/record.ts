import { dtls10, dtls12 } from '../parameters.ts';

/** One record as it stands in a datagram; `fragment` is a view. */
export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  /** 48 bits. */
  readonly sequence: number;
  readonly fragment: Uint8Array;
  /** As it stands in the header, which is authenticated. */
  readonly version: number;
}

export const recordHeaderLength = 13;

/** Longest fragment: 2^14 bytes and what encryption adds (RFC 6347 section 4.1). */
export const fragmentLengthMax = 16_384 + 2_048;

/**
 * The records of a datagram; what follows a malformed one is dropped with it.
 *
 *     | type (8) | version (16) | epoch (16) | sequence number (48) | length (16) | fragment ...
 *
 * Source: RFC 6347 section 4.1.
 */
export function parseRecords(datagram: Uint8Array): {
  readonly records: readonly DtlsRecord[];
  readonly isDefective: boolean;
} {
  const records: DtlsRecord[] = [];
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let offset = 0;
  while (offset < datagram.length) {
    if (offset + recordHeaderLength > datagram.length) return { records, isDefective: true };
    const type = datagram[offset];
    const version = view.getUint16(offset + 1);
    const length = view.getUint16(offset + 11);
    const start = offset + recordHeaderLength;
    const isKnown = type >= 20 && type <= 23 && (version === dtls12 || version === dtls10);
    if (!isKnown || length > fragmentLengthMax || start + length > datagram.length)
      return { records, isDefective: true };
    records.push({
      type,
      version,
      epoch: view.getUint16(offset + 3),
      sequence: view.getUint16(offset + 5) * 0x1_0000_0000 + view.getUint32(offset + 7),
      fragment: datagram.subarray(start, start + length),
    });
    offset = start + length;
  }
  return { records, isDefective: false };
}

export function serializeRecord(record: DtlsRecord): Uint8Array {
  const bytes = new Uint8Array(recordHeaderLength + record.fragment.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = record.type;
  view.setUint16(1, record.version);
  view.setUint16(3, record.epoch);
  view.setUint16(5, Math.floor(record.sequence / 0x1_0000_0000));
  view.setUint32(7, record.sequence % 0x1_0000_0000);
  view.setUint16(11, record.fragment.length);
  bytes.set(record.fragment, recordHeaderLength);
  return bytes;
}
