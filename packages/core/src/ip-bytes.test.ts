import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIp, parseIp } from './ip-bytes.ts';

function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe('textual IP addresses', () => {
  it.each([
    ['0.0.0.0', '00000000'],
    ['192.0.2.1', 'c0000201'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
    ['fe80::211:22ff:fe33:4455', 'fe80000000000000021122fffe334455'],
    ['64:ff9b::c000:201', '0064ff9b0000000000000000c0000201'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s is %s and back (RFC 5952)', (ip, bytes) => {
    expect(parseIp(ip)).toEqual(hex(bytes));
    expect(formatIp(hex(bytes))).toBe(ip);
  });

  it('writes IPv4-mapped IPv6 as IPv4', () => {
    expect(formatIp(hex('00000000000000000000ffffc0000201'))).toBe('192.0.2.1');
  });

  it('reads the dotted last half of an IPv6 address', () => {
    expect(parseIp('::ffff:192.0.2.1')).toEqual(hex('00000000000000000000ffffc0000201'));
    expect(parseIp('64:ff9b::192.0.2.33')).toEqual(hex('0064ff9b0000000000000000c0000221'));
    expect(parseIp('1:2:3:4:5:6:192.0.2.33')).toEqual(hex('000100020003000400050006c0000221'));
  });

  it('reads back every address that is not IPv4-mapped', () => {
    const words = fc.array(fc.constantFrom(0, 0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(words, (list) => {
        const bytes = Uint8Array.from(list.flatMap((word) => [word >> 8, word & 0xff]));
        const ip = formatIp(bytes);
        if (ip.includes(':')) expect(parseIp(ip)).toEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });
});
