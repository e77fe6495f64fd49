import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HmacAlgorithm, hmacUnder } from './index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const times = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);

interface Vector {
  readonly source: string;
  readonly algorithm: HmacAlgorithm;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly digest: string;
}

const vectors: readonly Vector[] = [
  {
    source: 'RFC 2202 section 3, case 1',
    algorithm: 'sha1',
    key: times(0x0b, 20),
    message: text('Hi There'),
    digest: 'b617318655057264e28bc0b6fb378c8ef146be00',
  },
  {
    source: 'RFC 2202 section 3, case 2',
    algorithm: 'sha1',
    key: text('Jefe'),
    message: text('what do ya want for nothing?'),
    digest: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  },
  {
    source: 'RFC 2202 section 3, case 6',
    algorithm: 'sha1',
    key: times(0xaa, 80),
    message: text('Test Using Larger Than Block-Size Key - Hash Key First'),
    digest: 'aa4ae5e15272d00e95705637ce8a3b55ed402112',
  },
  {
    source: 'RFC 4231 section 4.2',
    algorithm: 'sha256',
    key: times(0x0b, 20),
    message: text('Hi There'),
    digest: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    source: 'RFC 4231 section 4.7',
    algorithm: 'sha256',
    key: times(0xaa, 131),
    message: text('Test Using Larger Than Block-Size Key - Hash Key First'),
    digest: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
];

const bytes = fc.uint8Array({ maxLength: 300 });

describe('HMAC', () => {
  it.each(vectors)('is that of $source', ({ algorithm, key, message, digest }) => {
    expect(hex(hmacUnder(algorithm, key)(message))).toBe(digest);
  });

  it.each(['sha1', 'sha256'] as const)(
    'with %s is what Node makes of any key and parts, one after the other',
    (algorithm) => {
      fc.assert(
        fc.property(bytes, fc.array(fc.array(bytes, { maxLength: 4 }), { maxLength: 4 }), (key, messages) => {
          const hmac = hmacUnder(algorithm, key);
          for (const parts of messages) {
            const digest = createHmac(algorithm, key).update(Buffer.concat(parts)).digest('hex');
            expect(hex(hmac(...parts))).toBe(digest);
          }
        }),
      );
    },
  );

  it.each([63, 64, 65])('takes a key of %d bytes, around the length of a block', (length) => {
    const key = times(7, length);
    expect(hex(hmacUnder('sha256', key)(text('x')))).toBe(createHmac('sha256', key).update('x').digest('hex'));
  });

  it('keeps its key when the bytes that it was made of change', () => {
    const key = times(1, 20);
    const hmac = hmacUnder('sha256', key);
    const before = hex(hmac(text('x')));
    key.fill(0);
    expect(hex(hmac(text('x')))).toBe(before);
  });

  it('hands out digests that later ones do not change', () => {
    const hmac = hmacUnder('sha1', times(1, 20));
    const first = hmac(text('x'));
    const before = hex(first);
    hmac(text('y'));
    expect(hex(first)).toBe(before);
  });
});
