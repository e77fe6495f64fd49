import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CryptoAttribute,
  cryptoKeysMax,
  type CryptoSuite,
  cryptoSuites,
  parseCrypto,
  serializeCrypto,
} from './crypto-attribute.ts';
import { descriptionLengthMax } from './limits.ts';

// RFC 4568 sections 4.1 and 9.2 and appendix A, with their line breaks undone; the last two: RFC 6188 has none.
const examples = [
  '1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32',
  '1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP',
  '1 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32',
  '2 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|2:4',
  '999999999 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|1:4 KDR=4 WSH=64 -X=1',
  '1 AES_256_CM_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==',
  '3 AES_256_CM_HMAC_SHA1_32 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==|4096',
];

const key = 'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

function read(text: string): CryptoAttribute {
  const attribute = parseCrypto(text);
  if (typeof attribute === 'string') throw new Error(attribute);
  return attribute;
}

describe('a=crypto', () => {
  it.each(examples)('%s is read, and written the same', (text) => {
    expect(serializeCrypto(read(text))).toBe(text.replace('|4096', '|2^12'));
  });

  it('is read with key, salt, lifetime, MKI and session parameters', () => {
    expect(read(examples[1])).toEqual({
      tag: 1,
      suite: 'AES_CM_128_HMAC_SHA1_80',
      keys: [
        {
          masterKey: Uint8Array.from(Buffer.from('YS___semctl () {', 'latin1')),
          masterSalt: Uint8Array.from(Buffer.from('\t220;}\n}\nunles', 'latin1')),
          lifetime: 2 ** 20,
          mki: { value: 1, length: 4 },
        },
      ],
      sessionParameters: ['FEC_ORDER=FEC_SRTP'],
    });
    expect(read(examples[5]).keys[0]).toEqual({
      masterKey: Uint8Array.from({ length: 32 }, (_, i) => i),
      masterSalt: Uint8Array.from({ length: 14 }, (_, i) => 32 + i),
    });
    expect(read(examples[3]).keys).toHaveLength(2);
    expect(read(examples[6]).keys[0].lifetime).toBe(4_096);
  });

  it('is read without the padding of base64, as some write it', () => {
    expect(read(examples[5].replaceAll('=', ''))).toEqual(read(examples[5]));
  });

  it.each([
    ['malformed', ''],
    ['malformed', '1 AES_CM_128_HMAC_SHA1_80'],
    ['malformed', `x AES_CM_128_HMAC_SHA1_80 ${key}`],
    ['malformed', `1234567890 AES_CM_128_HMAC_SHA1_80 ${key}`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key}|0`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key}|2^49`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20|1:0`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20|1:129`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20|1`],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${key};`],
    ['malformed', '1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVe?CFC'],
    ['malformed', '1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQ'],
    ['malformed', `1 AES_CM_128_HMAC_SHA1_80 ${Array.from({ length: cryptoKeysMax + 1 }, () => key).join(';')}`],
    ['unknown-suite', `1 F8_128_HMAC_SHA1_80 ${key}`],
    ['unknown-suite', `1 AEAD_AES_128_GCM ${key}`],
    ['unknown-suite', `1 toString ${key}`],
    ['unknown-key-method', '1 AES_CM_128_HMAC_SHA1_80 uri:something'],
    ['bad-key-length', '1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ='],
    ['bad-key-length', `1 AES_256_CM_HMAC_SHA1_80 ${key}`],
    ['bad-key-length', `1 AES_CM_128_HMAC_SHA1_80 ${key}AAAA`],
  ])('is %s: %s', (defect, text) => {
    expect(parseCrypto(text)).toBe(defect);
  });

  it('with a key as long as a description may be is refused as any other of the wrong length', () => {
    const text = `1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(descriptionLengthMax)}`;
    expect(parseCrypto(text)).toBe('bad-key-length');
  });

  it.each(examples)('%s, cut anywhere, is no line with another key', (text) => {
    const whole = read(text);
    for (let length = 0; length < text.length; length++) {
      const cut = parseCrypto(text.slice(0, length));
      if (typeof cut === 'string') continue;
      expect(cut.keys[0].masterKey).toEqual(whole.keys[0].masterKey);
      expect(cut.keys[0].masterSalt).toEqual(whole.keys[0].masterSalt);
    }
  });

  it('of any content is written and read the same', () => {
    const suites: readonly CryptoSuite[] = [
      'AES_CM_128_HMAC_SHA1_80',
      'AES_CM_128_HMAC_SHA1_32',
      'AES_256_CM_HMAC_SHA1_80',
      'AES_256_CM_HMAC_SHA1_32',
    ];
    const attribute = fc.constantFrom(...suites).chain((suite) => {
      const { keyLength, saltLength } = cryptoSuites[suite];
      const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
      const one = fc.record(
        {
          masterKey: bytes(keyLength),
          masterSalt: bytes(saltLength),
          lifetime: fc.integer({ min: 1, max: 2 ** 40 }),
          mki: fc.record({ value: fc.nat({ max: 999_999_999 }), length: fc.integer({ min: 1, max: 128 }) }),
        },
        { requiredKeys: ['masterKey', 'masterSalt'] },
      );
      return fc.record({
        tag: fc.nat({ max: 999_999_999 }),
        suite: fc.constant(suite),
        keys: fc.array(one, { minLength: 1, maxLength: cryptoKeysMax }),
        sessionParameters: fc.array(fc.stringMatching(/^[A-Z_]{1,8}(=\d{1,3})?$/), { maxLength: 3 }),
      });
    });
    fc.assert(
      fc.property(attribute, (value) => {
        expect(parseCrypto(serializeCrypto(value))).toEqual(value);
      }),
    );
  });

  it('of random text is read or has a defect', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('1 ', 'AES_CM_128_HMAC_SHA1_80 ', key, '|', ';', ':', '2^', ' '),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        expect(['string', 'object']).toContain(typeof parseCrypto(parts.join('')));
      }),
      { numRuns: 1_000 },
    );
  });
});
