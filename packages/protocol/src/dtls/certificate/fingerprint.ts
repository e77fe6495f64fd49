import { hash } from 'node:crypto';

export type FingerprintAlgorithm = 'sha-256' | 'sha-384' | 'sha-512';

/** A certificate's hash as session descriptions carry it (RFC 8122 section 5); weaker algorithms do not exist here. */
export interface Fingerprint {
  readonly algorithm: FingerprintAlgorithm;
  /** Upper-case hex, a colon between bytes. */
  readonly value: string;
}

export function certificateFingerprint(der: Uint8Array, algorithm: FingerprintAlgorithm): Fingerprint {
  const digits = hash(algorithm.replace('-', ''), der, 'hex').toUpperCase();
  return { algorithm, value: digits.match(/../g)?.join(':') ?? '' };
}

/** True when the certificate has one of these fingerprints. */
export function matchesFingerprint(der: Uint8Array, fingerprints: readonly Fingerprint[]): boolean {
  return fingerprints.some(
    ({ algorithm, value }) => certificateFingerprint(der, algorithm).value === value.toUpperCase(),
  );
}
