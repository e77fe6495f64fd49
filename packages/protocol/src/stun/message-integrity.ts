import { createHmac, timingSafeEqual } from 'node:crypto';
import { attributeType, findAttribute, type StunMessage } from './stun-message.ts';

/** Which HMAC protects a message: MESSAGE-INTEGRITY (SHA-1) or MESSAGE-INTEGRITY-SHA256. */
export type IntegrityAlgorithm = 'sha1' | 'sha256';

export type IntegrityResult = 'right' | 'wrong' | 'missing';

/** Shortest truncation of MESSAGE-INTEGRITY-SHA256 that is accepted (RFC 8489 section 14.6). */
const sha256LengthMin = 16;

/** The HMAC of the message up to the integrity attribute at `offset`, with the length that counts this attribute. */
export function computeIntegrity(
  bytes: Uint8Array,
  offset: number,
  key: Uint8Array,
  algorithm: IntegrityAlgorithm,
  valueLength = algorithm === 'sha1' ? 20 : 32,
): Uint8Array {
  const head = bytes.slice(0, offset);
  const length = offset + 4 + valueLength - 20;
  head[2] = length >> 8;
  head[3] = length & 0xff;
  return createHmac(algorithm, key).update(head).digest().subarray(0, valueLength);
}

/** Checks the strongest integrity attribute that is there, in constant time (RFC 8489 sections 14.5 and 14.6). */
export function checkIntegrity(message: StunMessage, key: Uint8Array): IntegrityResult {
  const sha256 = findAttribute(message, attributeType.messageIntegritySha256);
  if (sha256 !== undefined) {
    const { length } = sha256.value;
    if (length < sha256LengthMin || length > 32 || length % 4 !== 0) return 'wrong';
    const computed = computeIntegrity(message.bytes, sha256.offset, key, 'sha256', length);
    return timingSafeEqual(computed, sha256.value) ? 'right' : 'wrong';
  }
  const sha1 = findAttribute(message, attributeType.messageIntegrity);
  if (sha1 === undefined) return 'missing';
  if (sha1.value.length !== 20) return 'wrong';
  const computed = computeIntegrity(message.bytes, sha1.offset, key, 'sha1');
  return timingSafeEqual(computed, sha1.value) ? 'right' : 'wrong';
}
