import { crc32 } from './crc32.ts';

/** "STUN" (RFC 8489 section 14.7). */
const fingerprintXor = 0x5354554e;

/** The FINGERPRINT of a message whose FINGERPRINT attribute begins at `offset`; its length field already counts it. */
export function computeFingerprint(message: Uint8Array, offset: number): number {
  return (crc32(message, offset) ^ fingerprintXor) >>> 0;
}
