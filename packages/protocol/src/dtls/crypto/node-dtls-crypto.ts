import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
  X509Certificate,
} from 'node:crypto';
import { concatBytes } from '../byte-writer.ts';
import { type Group, signatureSchemes } from '../parameters.ts';
import type { DtlsCrypto, KeyShare, RecordCipher } from './dtls-crypto.ts';

const tagLength = 16;

/** SubjectPublicKeyInfo in front of the 32 bytes of an X25519 key (RFC 8410 section 4). */
const x25519Prefix = Buffer.from('302a300506032b656e032100', 'hex');

function generateX25519(): KeyShare {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const raw = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })).slice(x25519Prefix.length);
  return {
    group: 'x25519',
    publicKey: raw,
    computeSecret: (peer) => {
      if (peer.length !== 32) return 'bad-public-key';
      const peerKey = createPublicKey({ key: Buffer.concat([x25519Prefix, peer]), type: 'spki', format: 'der' });
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

function keyOptions(key: KeyObject, { isPss }: Scheme): { key: KeyObject; padding?: number; saltLength?: number } {
  return isPss
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key };
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
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  hmacSha256: (key, bytes) => new Uint8Array(createHmac('sha256', key).update(bytes).digest()),
  generateKeyShare: (group: Group) => (group === 'x25519' ? generateX25519() : generateP256()),
  sign: (certificate, number, bytes) => {
    const scheme = schemes[number];
    return new Uint8Array(sign(scheme.hash, bytes, keyOptions(certificate.privateKey, scheme)));
  },
  verify: (certificateDer, number, bytes, signature) => {
    const scheme = schemes[number];
    if (scheme === undefined) return false;
    try {
      const key = new X509Certificate(certificateDer).publicKey;
      if (key.asymmetricKeyType !== scheme.keyType) return false;
      return verify(scheme.hash, bytes, keyOptions(key, scheme), signature);
    } catch {
      return false;
    }
  },
  createRecordCipher: createGcm,
  isEqual: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
