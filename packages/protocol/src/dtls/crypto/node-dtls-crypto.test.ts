import { describe, expect, it } from 'vitest';
import { groups, signatureSchemes } from '../parameters.ts';
import { certificate } from '../test/pair.ts';
import { nodeDtlsCrypto } from './node-dtls-crypto.ts';

const bytes = Uint8Array.of(1, 2, 3);

const schemes = [
  ['ecdsa', signatureSchemes.ecdsaSha256],
  ['ecdsa', signatureSchemes.ecdsaSha384],
  ['rsa', signatureSchemes.rsaPssSha256],
  ['rsa', signatureSchemes.rsaSha256],
  ['rsa', signatureSchemes.rsaSha384],
] as const;

describe('signatures', () => {
  it.each(schemes)(
    'by an %s key in scheme %i are right in that scheme alone, for those bytes and that key',
    (type, scheme) => {
      const own = certificate(type);
      const signature = nodeDtlsCrypto.sign(own, scheme, bytes);
      for (const [, other] of schemes)
        expect(nodeDtlsCrypto.verify(own.der, other, bytes, signature), `${other}`).toBe(other === scheme);
      expect(nodeDtlsCrypto.verify(own.der, scheme, Uint8Array.of(1, 2, 4), signature)).toBe(false);
      expect(nodeDtlsCrypto.verify(certificate(`${type}-other`).der, scheme, bytes, signature)).toBe(false);
      expect(nodeDtlsCrypto.verify(own.der, scheme, bytes, signature.subarray(1))).toBe(false);
      expect(nodeDtlsCrypto.verify(own.der, scheme, bytes, new Uint8Array(0))).toBe(false);
    },
  );

  it.each([
    ['an ECDSA', 'ecdsa', signatureSchemes.ecdsaSha256, signatureSchemes.rsaSha256],
    ['an RSA', 'rsa', signatureSchemes.rsaSha256, signatureSchemes.ecdsaSha256],
  ] as const)('of %s key are not read as those of another kind with the same hash', (_, type, scheme, named) => {
    const own = certificate(type);
    expect(nodeDtlsCrypto.verify(own.der, named, bytes, nodeDtlsCrypto.sign(own, scheme, bytes))).toBe(false);
  });

  it('in an unknown scheme, or by what is no certificate, are wrong', () => {
    const own = certificate('rsa');
    const signature = nodeDtlsCrypto.sign(own, signatureSchemes.rsaSha256, bytes);
    // SHA-1 with RSA.
    expect(nodeDtlsCrypto.verify(own.der, 0x0201, bytes, signature)).toBe(false);
    for (const der of [new Uint8Array(0), bytes, own.der.subarray(0, 100)])
      expect(nodeDtlsCrypto.verify(der, signatureSchemes.rsaSha256, bytes, signature)).toBe(false);
  });
});

describe.each(groups)('a key share of %s', (group) => {
  const share = nodeDtlsCrypto.generateKeyShare(group);
  const other = nodeDtlsCrypto.generateKeyShare(group);

  it('makes the same secret on both sides', () => {
    const secret = share.computeSecret(other.publicKey);
    expect(secret).toHaveLength(32);
    expect(other.computeSecret(share.publicKey)).toEqual(secret);
  });

  it('refuses a key of another length, or none', () => {
    const key = other.publicKey;
    for (const wrong of [key.subarray(1), Uint8Array.of(...key, 0), new Uint8Array(0), new Uint8Array(key.length)])
      expect(share.computeSecret(wrong)).toBe('bad-public-key');
  });
});

describe('a key share of secp256r1', () => {
  const share = nodeDtlsCrypto.generateKeyShare('secp256r1');
  const { publicKey } = nodeDtlsCrypto.generateKeyShare('secp256r1');

  it('refuses points that are off the curve, compressed or hybrid', () => {
    const off = publicKey.slice();
    off[64] ^= 1;
    const compressed = Uint8Array.of(2 + (publicKey[64] & 1), ...publicKey.subarray(1, 33));
    const hybrid = publicKey.slice();
    hybrid[0] = 6 + (publicKey[64] & 1);
    for (const wrong of [off, compressed, hybrid]) expect(share.computeSecret(wrong)).toBe('bad-public-key');
  });
});
