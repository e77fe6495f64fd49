import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DtlsRecord, fragmentLengthMax, parseRecords, serializeRecord } from './record.ts';

const record: DtlsRecord = {
  type: 22,
  version: 0xfefd,
  epoch: 1,
  sequence: 0x1234_5678_9abc,
  fragment: Uint8Array.of(1, 2, 3),
};

describe('parseRecords', () => {
  it('reads every record of a datagram', () => {
    const other = { ...record, type: 23, version: 0xfeff, epoch: 65_535, sequence: 2 ** 48 - 1 };
    const datagram = new Uint8Array(Buffer.concat([record, other].map(serializeRecord)));
    expect(parseRecords(datagram)).toEqual({ records: [record, other], isDefective: false });
  });

  it('finds every truncation defective, and keeps the whole records before it', () => {
    const one = serializeRecord(record);
    const two = new Uint8Array(Buffer.concat([one, one]));
    for (let length = 1; length < two.length; length++) {
      const { records, isDefective } = parseRecords(two.subarray(0, length));
      expect(isDefective, `${length}`).toBe(length !== one.length);
      expect(records).toHaveLength(length < one.length ? 0 : 1);
    }
  });

  it.each([
    ['content type 19', { type: 19 }],
    ['content type 24', { type: 24 }],
    ['TLS 1.2', { version: 0x0303 }],
    ['DTLS 1.3', { version: 0xfefc }],
    ['a fragment that is too long', { fragment: new Uint8Array(fragmentLengthMax + 1) }],
  ])('refuses %s', (_, fields) => {
    expect(parseRecords(serializeRecord({ ...record, ...fields }))).toEqual({ records: [], isDefective: true });
  });

  it('takes the longest fragment', () => {
    const longest = { ...record, fragment: new Uint8Array(fragmentLengthMax) };
    expect(parseRecords(serializeRecord(longest)).records).toHaveLength(1);
  });

  it('bears any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { records, isDefective } = parseRecords(bytes);
        const length = records.reduce((sum, { fragment }) => sum + 13 + fragment.length, 0);
        expect(isDefective).toBe(length < bytes.length);
      }),
      { numRuns: 300 },
    );
  });
});
