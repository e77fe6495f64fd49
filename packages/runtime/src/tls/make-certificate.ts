import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import {
  derBitString,
  derElement,
  derInteger,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derSet,
  derTime,
  derTrue,
  derUtf8String,
} from './der.ts';
import { canonicalName } from './canonical-name.ts';

export interface CertificateRequest {
  /** DNS names and IP addresses that the certificate is for. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';
const extensionId = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** Makes a P-256 key and a self-signed version 3 certificate for it (RFC 5280), both as PEM. */
export function makeCertificate({ names, notBefore, notAfter }: CertificateRequest): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const algorithm = derSequence(derObjectIdentifier(ecdsaWithSha256));
  const serial = randomBytes(16);
  // Browsers compare issuers by name: two certificates of ours must not look like each other's issuer.
  const ownName = derUtf8String(`Rivero ${serial.toString('hex').slice(0, 8)}`);
  const name = derSequence(derSet(derSequence(derObjectIdentifier(commonName), ownName)));
  const body = derSequence(
    derElement(0xa0, derInteger(Uint8Array.of(2))),
    derInteger(serial),
    algorithm,
    name,
    derSequence(derTime(notBefore), derTime(notAfter)),
    name,
    publicKey,
    derElement(0xa3, derSequence(...extensions(names, publicKey))),
  );
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  return { certificate: toPem(derSequence(body, algorithm, derBitString(signature))), key: privateKey };
}

function extensions(names: readonly string[], publicKey: Uint8Array): readonly Uint8Array[] {
  const digitalSignature = derBitString(Uint8Array.of(0x80), 7);
  const keyId = createHash('sha1').update(publicKey).digest();
  return [
    extension(extensionId.basicConstraints, derSequence(), true),
    extension(extensionId.keyUsage, digitalSignature, true),
    extension(extensionId.extendedKeyUsage, derSequence(derObjectIdentifier(serverAuthentication))),
    extension(extensionId.subjectKeyIdentifier, derOctetString(keyId)),
    extension(extensionId.subjectAltName, derSequence(...names.map((name) => generalName(name)))),
  ];
}

function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  const parts = [derObjectIdentifier(id), ...(isCritical ? [derTrue()] : []), derOctetString(value)];
  return derSequence(...parts);
}

/** dNSName [2] or iPAddress [7] (RFC 5280 section 4.2.1.6). */
function generalName(name: string): Uint8Array {
  return isIP(name) === 0 ? derElement(0x82, Buffer.from(name, 'latin1')) : derElement(0x87, addressBytes(name));
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  const [head = [], tail = []] = canonicalName(address)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff]));
}

function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
