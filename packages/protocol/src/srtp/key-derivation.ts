import { aesCounterMode, importAesKey } from './srtp-crypto.ts';

/** Key derivation labels (RFC 3711 section 4.3.2). */
export const srtpKeyLabel = {
  rtpEncryption: 0,
  rtpAuthentication: 1,
  rtpSalt: 2,
  rtcpEncryption: 3,
  rtcpAuthentication: 4,
  rtcpSalt: 5,
} as const;

/** Bytes of the master salt that the derivation works on; a shorter salt is followed by zeros (RFC 7714 section 11). */
const derivationSaltLength = 14;

/**
 * The session key of that label: AES-CM keystream under the master key, with a key derivation rate of 0.
 * Source: RFC 3711 sections 4.3.1 and 4.3.3.
 */
export function deriveSessionKey(
  masterKey: Uint8Array,
  masterSalt: Uint8Array,
  label: number,
  length: number,
): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(masterSalt.subarray(0, derivationSaltLength));
  iv[7] ^= label;
  const key = new Uint8Array(length);
  aesCounterMode(importAesKey(masterKey), iv, key, 0);
  return key;
}
