import { CodedError } from '@rivero/core';
import type { Fingerprint, FingerprintAlgorithm } from '../dtls/index.ts';
import { malformed } from './fields.ts';
import { fingerprintsMax } from './limits.ts';

function isStrong(algorithm: string): algorithm is FingerprintAlgorithm {
  return algorithm === 'sha-256' || algorithm === 'sha-384' || algorithm === 'sha-512';
}

/**
 * The hashes that we trust; weak ones beside them are passed over, weak ones alone are refused. A peer may name several
 * of one certificate (RFC 8122 section 5).
 */
export function parseFingerprints(lines: readonly string[]): readonly Fingerprint[] {
  if (lines.length > fingerprintsMax) {
    throw new CodedError('sdp-too-large', `A section has at most ${fingerprintsMax} fingerprints.`);
  }
  const strong = lines.flatMap((line) => {
    const [type = '', hash = ''] = line.trim().split(/ +/);
    const algorithm = type.toLowerCase();
    const value = hash.toUpperCase();
    if (!/^[0-9A-F]{2}(:[0-9A-F]{2})+$/.test(value)) throw malformed('a=fingerprint');
    return isStrong(algorithm) ? [{ algorithm, value }] : [];
  });
  if (lines.length > 0 && strong.length === 0) {
    throw new CodedError('sdp-weak-fingerprint', 'The certificate fingerprint must be SHA-256, SHA-384 or SHA-512.');
  }
  return strong;
}
