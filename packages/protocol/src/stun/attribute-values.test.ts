import { formatIp } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAddress,
  parseErrorCode,
  parseXorAddress,
  serializeAddress,
  serializeErrorCode,
  serializeXorAddress,
} from './index.ts';
import { hex } from './test/rfc-vectors.ts';

const transactionId = hex('b7e7a701bc34d686fa87dfae');

describe('MAPPED-ADDRESS and XOR-MAPPED-ADDRESS (RFC 8489 sections 14.1 and 14.2)', () => {
  it('reads back every address, plain and XORed, with any transaction', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatIp)),
        fc.integer({ min: 0, max: 65_535 }),
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        (ip, port, transaction) => {
          expect(parseAddress(serializeAddress({ ip, port }))).toEqual({ ip, port });
          expect(parseXorAddress(serializeXorAddress({ ip, port }, transaction), transaction)).toEqual({ ip, port });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('XORs IPv4 with the magic cookie alone and IPv6 with the transaction too', () => {
    const other = hex('000000000000000000000000');
    const v4 = { ip: '192.0.2.1', port: 32_853 };
    const v6 = { ip: '2001:db8::1', port: 32_853 };
    expect(serializeXorAddress(v4, other)).toEqual(serializeXorAddress(v4, transactionId));
    expect(serializeXorAddress(v6, other)).not.toEqual(serializeXorAddress(v6, transactionId));
  });

  it('leaves the value that it reads as it was', () => {
    const value = hex('0001a147e112a643');
    parseXorAddress(value, transactionId);
    expect(value).toEqual(hex('0001a147e112a643'));
  });

  it.each([
    ['', 'nothing'],
    ['0001a147', 'no address'],
    ['0001a147e112a6', 'a byte short'],
    ['0001a147e112a64300', 'a byte long'],
    ['0002a147e112a643', 'IPv6 with 4 bytes'],
    ['0001a1470113a9faa5d3f179bc25f4b5bed2b9d9', 'IPv4 with 16 bytes'],
    ['0003a147e112a643', 'an unknown family'],
  ])('answers undefined to %s (%s)', (value) => {
    expect(parseXorAddress(hex(value), transactionId)).toBeUndefined();
    expect(parseAddress(hex(value))).toBeUndefined();
  });
});

describe('ERROR-CODE (RFC 8489 section 14.8)', () => {
  it.each([
    [300, 'Try Alternate', '00000300'],
    [401, 'Unauthenticated', '00000401'],
    [420, 'Unknown Attribute', '00000414'],
    [487, 'Role Conflict', '00000457'],
    [599, 'ä reason', '00000563'],
    [699, '', '00000663'],
  ])('%i %s begins with %s', (code, reason, head) => {
    const value = serializeErrorCode({ code, reason });
    expect(value.subarray(0, 4)).toEqual(hex(head));
    expect(parseErrorCode(value)).toEqual({ code, reason });
  });

  it.each([
    ['', 'nothing'],
    ['000004', 'no number'],
    ['00000200', 'class 2'],
    ['00000700', 'class 7'],
    ['00000464', 'number 100'],
  ])('answers undefined to %s (%s)', (value) => {
    expect(parseErrorCode(hex(value))).toBeUndefined();
  });

  it('ignores the reserved bits before the class', () => {
    expect(parseErrorCode(hex('fffffc01'))).toEqual({ code: 401, reason: '' });
  });
});
