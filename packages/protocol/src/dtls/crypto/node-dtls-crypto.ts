import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  type SignKeyObjectInput,
  timingSafeEqual,
  verify,
  X509Certificate,
} from 'node:crypto';
import { assert } from '@rivero/core';
import { concatBytes } from '../byte-writer.ts';
import { type Group, signatureSchemes } from '../parameters.ts';
import type { DtlsCrypto, HmacSha256, KeyShare, RecordCipher } from './dtls-crypto.ts';

const tagLength = 16;

/** SubjectPublicKeyInfo in front of the 32 bytes of an X25519 key (RFC 8410 section 4). */
const x25519Prefix = Buffer.from('302a300506032b656e032100', 'hex');

/** In PEM: whether bytes or an object are a key object, Node 24 finds out by exceptions, which takes longer than to read it. */
function readX25519(bytes: Uint8Array): KeyObject {
  const base64 = Buffer.concat([x25519Prefix, bytes]).toString('base64');
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`);
}

function generateX25519(): KeyShare {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  // Made into DER it would take as long as to generate it.
  const { x } = publicKey.export({ format: 'jwk' });
  assert(x !== undefined, 'an X25519 key has its bytes in x (RFC 8037 section 2)');
  return {
    group: 'x25519',
    publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
    computeSecret: (peer) => {
      if (peer.length !== 32) return 'bad-public-key';
      const peerKey = readX25519(peer);
      try {
        // OpenSSL refuses keys that give the zero secret (RFC 8422 section 5.11).
        return new Uint8Array(diffieHellman({ privateKey, publicKey: peerKey }));
      } catch {
        return 'bad-public-key';
      }
    },
  };
}

function generateP256(): KeyShare {
  const ecdh = createECDH('prime256v1');
  const publicKey = new Uint8Array(ecdh.generateKeys());
  return {
    group: 'secp256r1',
    publicKey,
    computeSecret: (peer) => {
      // Uncompressed points only (RFC 8422 section 5.4.1).
      if (peer.length !== 65 || peer[0] !== 4) return 'bad-public-key';
      try {
        return new Uint8Array(ecdh.computeSecret(peer));
      } catch {
        return 'bad-public-key';
      }
    },
  };
}

interface Scheme {
  readonly hash: 'sha256' | 'sha384';
  readonly keyType: 'ec' | 'rsa';
  readonly isPss: boolean;
}

const schemes: Readonly<Record<number, Scheme>> = {
  [signatureSchemes.ecdsaSha256]: { hash: 'sha256', keyType: 'ec', isPss: false },
  [signatureSchemes.ecdsaSha384]: { hash: 'sha384', keyType: 'ec', isPss: false },
  [signatureSchemes.rsaPssSha256]: { hash: 'sha256', keyType: 'rsa', isPss: true },
  [signatureSchemes.rsaSha256]: { hash: 'sha256', keyType: 'rsa', isPss: false },
  [signatureSchemes.rsaSha384]: { hash: 'sha384', keyType: 'rsa', isPss: false },
};

/** The key itself where it can be: to find it in an object takes Node 24 half as long as to sign with it. */
function withOptions(key: KeyObject, { isPss }: Scheme): KeyObject | SignKeyObjectInput {
  if (!isPss) return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function keyedHmac(keyBytes: Uint8Array): HmacSha256 {
  // Made once: bytes would be made into a key again each time, and only after Node found that they are none.
  const key = createSecretKey(keyBytes);
  return (...parts) => {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  };
}

function createGcm(keyBytes: Uint8Array): RecordCipher {
  // Made once: key bytes would be made into a key again with every record.
  const key = createSecretKey(keyBytes);
  return {
    seal: (nonce, additionalData, plaintext) => {
      const cipher = createCipheriv('aes-128-gcm', key, nonce);
      cipher.setAAD(additionalData);
      const sealed = cipher.update(plaintext);
      cipher.final();
      return concatBytes([sealed, cipher.getAuthTag()]);
    },
    open: (nonce, additionalData, sealed) => {
      if (sealed.length < tagLength) return 'authentication-failed';
      const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tagLength });
      decipher.setAAD(additionalData);
      decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
      const plaintext = decipher.update(sealed.subarray(0, sealed.length - tagLength));
      try {
        decipher.final();
        return new Uint8Array(plaintext);
      } catch {
        return 'authentication-failed';
      }
    },
  };
}

/** The port on Node's OpenSSL. */
export const nodeDtlsCrypto: DtlsCrypto = {
  sha256: (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')),
  hmacSha256: keyedHmac,
  generateKeyShare: (group: Group) => (group === 'x25519' ? generateX25519() : generateP256()),
  sign: (certificate, number, bytes) => {
    const scheme = schemes[number];
    return new Uint8Array(sign(scheme.hash, bytes, withOptions(certificate.privateKey, scheme)));
  },
  verify: (certificateDer, number, bytes, signature) => {
    const scheme = schemes[number];
    if (scheme === undefined) return false;
    try {
      const key = new X509Certificate(certificateDer).publicKey;
      if (key.asymmetricKeyType !== scheme.keyType) return false;
      return verify(scheme.hash, bytes, withOptions(key, scheme), signature);
    } catch {
      return false;
    }
  },
  createRecordCipher: createGcm,
  isEqual: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
