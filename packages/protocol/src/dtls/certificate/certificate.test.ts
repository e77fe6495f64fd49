import { createHash, X509Certificate } from 'node:crypto';
import { CodedError, wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { seeded } from '../test/pair.ts';
import { derInteger, derObjectIdentifier, derSequence, derTime } from './der.ts';
import { certificateFingerprint, matchesFingerprint } from './fingerprint.ts';
import { generateCertificate, loadCertificate } from './generate-certificate.ts';

const now = wallClockMs(Date.parse('2030-06-01T12:00:00Z'));

function pemOf(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : 'not coded';
  }
}

describe.each(['ecdsa', 'rsa'] as const)('a generated %s certificate', (type) => {
  const certificate = generateCertificate({ type, random: seeded(type), now });
  const parsed = new X509Certificate(certificate.der);

  it('is signed by its own key', () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(certificate.privateKey)).toBe(true);
    expect(parsed.issuer).toBe(parsed.subject);
  });

  it('is valid from a day before for a year', () => {
    expect(Date.parse(parsed.validFrom)).toBe(now - 24 * 3_600_000);
    expect(Date.parse(parsed.validTo)).toBe(now + 365 * 24 * 3_600_000);
  });

  it('has a positive serial number out of the random bytes', () => {
    const other = new X509Certificate(generateCertificate({ type, random: seeded('other'), now }).der);
    expect(parsed.serialNumber).not.toBe(other.serialNumber);
    expect(parsed.serialNumber.startsWith('-')).toBe(false);
  });

  it('has the fingerprint that OpenSSL finds', () => {
    expect(certificate.fingerprint).toEqual({ algorithm: 'sha-256', value: parsed.fingerprint256 });
  });

  it('is loaded again from PEM', () => {
    const key = certificate.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const loaded = loadCertificate(pemOf(certificate.der), key);
    expect(loaded.type).toBe(type);
    expect(loaded.der).toEqual(certificate.der);
    expect(loaded.fingerprint).toEqual(certificate.fingerprint);
  });
});

describe('loadCertificate', () => {
  const a = generateCertificate({ type: 'ecdsa', random: seeded('a'), now });
  const b = generateCertificate({ type: 'ecdsa', random: seeded('b'), now });
  const keyOf = (certificate: typeof a): string =>
    certificate.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('finds certificate and key in one text that has both, whichever comes first', () => {
    for (const certificate of [a, generateCertificate({ type: 'rsa', random: seeded('c'), now })]) {
      const parts = [pemOf(certificate.der), keyOf(certificate)];
      for (const text of [parts.join('\n'), parts.toReversed().join('\n')])
        expect(loadCertificate(text, text).fingerprint).toEqual(certificate.fingerprint);
    }
  });

  it('refuses what it cannot read, and a key of another certificate', () => {
    expect(codeOf(() => loadCertificate('nothing', keyOf(a)))).toBe('dtls-certificate-unreadable');
    expect(codeOf(() => loadCertificate(pemOf(a.der), 'nothing'))).toBe('dtls-certificate-unreadable');
    expect(codeOf(() => loadCertificate(pemOf(a.der), keyOf(b)))).toBe('dtls-certificate-mismatch');
    expect(codeOf(() => loadCertificate(pemOf(a.der), keyOf(a)))).toBe('none');
  });
});

describe('a fingerprint', () => {
  const { der } = generateCertificate({ type: 'ecdsa', random: seeded('f'), now });

  it.each(['sha-256', 'sha-384', 'sha-512'] as const)(
    'by %s is the hash of the DER, in upper case with colons',
    (algorithm) => {
      const hash = createHash(algorithm.replace('-', '')).update(der).digest();
      const value = [...hash].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
      expect(certificateFingerprint(der, algorithm)).toEqual({ algorithm, value });
    },
  );

  it('matches in either case, when one of several is right, and not by another algorithm', () => {
    const right = certificateFingerprint(der, 'sha-256');
    const wrong = { ...right, value: right.value.replace(/^../, (byte) => (byte === '00' ? '01' : '00')) };
    expect(matchesFingerprint(der, [{ ...right, value: right.value.toLowerCase() }])).toBe(true);
    expect(matchesFingerprint(der, [wrong, right])).toBe(true);
    expect(matchesFingerprint(der, [wrong])).toBe(false);
    expect(matchesFingerprint(der, [])).toBe(false);
    expect(matchesFingerprint(der, [{ ...right, algorithm: 'sha-512' }])).toBe(false);
  });
});

describe('DER', () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  it('writes lengths in the shortest form (X.690 10.1)', () => {
    const lengths = [0, 127, 128, 255, 256, 65_535].map((length) =>
      hex(derSequence(new Uint8Array(length)).subarray(0, 4)).slice(0, length < 128 ? 4 : length < 256 ? 6 : 8),
    );
    expect(lengths).toEqual(['3000', '307f', '308180', '3081ff', '30820100', '3082ffff']);
  });

  it('keeps integers positive', () => {
    expect(hex(derInteger(Uint8Array.of(0x7f)))).toBe('02017f');
    expect(hex(derInteger(Uint8Array.of(0x80)))).toBe('02020080');
  });

  it('writes object identifiers in base 128', () => {
    expect(hex(derObjectIdentifier('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b');
    expect(hex(derObjectIdentifier('2.5.4.3'))).toBe('0603550403');
  });

  it('writes UTCTime before 2050, GeneralizedTime from then (RFC 5280 4.1.2.5)', () => {
    const text = (bytes: Uint8Array): string => `${bytes[0]} ${Buffer.from(bytes.subarray(2)).toString()}`;
    expect(text(derTime(new Date('2049-12-31T23:59:59Z')))).toBe('23 491231235959Z');
    expect(text(derTime(new Date('2050-01-01T00:00:00Z')))).toBe('24 20500101000000Z');
  });
});
