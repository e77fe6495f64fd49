import {
  createPrivateKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { CodedError, type RandomBytes, type WallClockMs } from '@rivero/core';
import {
  derBitString,
  derExplicit,
  derInteger,
  derNull,
  derObjectIdentifier,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
} from './der.ts';
import type { DtlsCertificate } from './dtls-certificate.ts';
import { certificateFingerprint } from './fingerprint.ts';

export interface CertificateOptions {
  readonly type: 'ecdsa' | 'rsa';
  readonly random: RandomBytes;
  readonly now: WallClockMs;
}

/** Clocks of peers may be behind ours. */
const validBeforeMs = 24 * 3600 * 1000;
const validForMs = 365 * 24 * 3600 * 1000;

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const ecdsaKeys = { namedCurve: 'prime256v1' } as const;
const rsaKeys = { modulusLength: 2048 } as const;

/** A self-signed certificate with a new key: P-256, or RSA of 2048 bits (RFC 8827 section 6.5). */
export function generateCertificate(options: CertificateOptions): DtlsCertificate {
  const isEcdsa = options.type === 'ecdsa';
  return selfSigned(options, isEcdsa ? generateKeyPairSync('ec', ecdsaKeys) : generateKeyPairSync('rsa', rsaKeys));
}

/** The same, with the key made beside this thread: one of RSA takes a tenth of a second and more. */
export async function generateCertificateAside(options: CertificateOptions): Promise<DtlsCertificate> {
  const keys = await new Promise<Keys>((resolve, reject) => {
    const handleKeys = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    };
    if (options.type === 'ecdsa') generateKeyPair('ec', ecdsaKeys, handleKeys);
    else generateKeyPair('rsa', rsaKeys, handleKeys);
  });
  return selfSigned(options, keys);
}

function selfSigned(options: CertificateOptions, { publicKey, privateKey }: Keys): DtlsCertificate {
  const algorithm =
    options.type === 'ecdsa'
      ? derSequence(derObjectIdentifier('1.2.840.10045.4.3.2'))
      : derSequence(derObjectIdentifier('1.2.840.113549.1.1.11'), derNull());
  const name = derSequence(derSet(derSequence(derObjectIdentifier('2.5.4.3'), derUtf8String('Rivero'))));
  const serial = options.random(16);
  serial[0] |= 1;
  const toBeSigned = derSequence(
    derExplicit(0, derInteger(Uint8Array.of(2))),
    derInteger(serial),
    algorithm,
    name,
    derSequence(derTime(new Date(options.now - validBeforeMs)), derTime(new Date(options.now + validForMs))),
    name,
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  );
  const der = derSequence(toBeSigned, algorithm, derBitString(sign('sha256', toBeSigned, privateKey)));
  return { type: options.type, der, privateKey, fingerprint: certificateFingerprint(der, 'sha-256') };
}

/** A certificate and key of the operator's own, in PEM. */
export function loadCertificate(certificatePem: string, keyPem: string): DtlsCertificate {
  let certificate: X509Certificate;
  let privateKey: KeyObject;
  try {
    certificate = new X509Certificate(certificatePem);
    privateKey = createPrivateKey(keyPem);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CodedError('dtls-certificate-unreadable', 'Give the DTLS certificate and its key as PEM.', { cause });
  }
  const isEcdsa = privateKey.asymmetricKeyType === 'ec' && privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!isEcdsa && privateKey.asymmetricKeyType !== 'rsa') {
    throw new CodedError('dtls-certificate-unsupported', 'A DTLS certificate has a P-256 or an RSA key.');
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CodedError('dtls-certificate-mismatch', 'The DTLS key does not belong to the certificate.');
  }
  const der = new Uint8Array(certificate.raw);
  return { type: isEcdsa ? 'ecdsa' : 'rsa', der, privateKey, fingerprint: certificateFingerprint(der, 'sha-256') };
}
