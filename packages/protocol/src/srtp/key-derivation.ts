import { aesCounterMode, importAesKey } from './srtp-crypto.ts';
import { assertMasterKey, type SrtpMasterKey } from './srtp-master-key.ts';
import { srtpProfiles } from './srtp-profile.ts';

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

/** HMAC-SHA1's key (RFC 3711 section 8.2). */
const authenticationKeyLength = 20;

/** The keys of one direction; the authentication keys are unused where the cipher authenticates. */
export interface SrtpSessionKeys {
  readonly rtpEncryptionKey: Uint8Array;
  readonly rtpAuthenticationKey: Uint8Array;
  readonly rtpSalt: Uint8Array;
  readonly rtcpEncryptionKey: Uint8Array;
  readonly rtcpAuthenticationKey: Uint8Array;
  readonly rtcpSalt: Uint8Array;
}

/** All keys that come from one master key. */
export function deriveSessionKeys(key: SrtpMasterKey): SrtpSessionKeys {
  assertMasterKey(key);
  const { keyLength, saltLength } = srtpProfiles[key.profile];
  const derive = (label: number, length: number) => deriveSessionKey(key.masterKey, key.masterSalt, label, length);
  return {
    rtpEncryptionKey: derive(srtpKeyLabel.rtpEncryption, keyLength),
    rtpAuthenticationKey: derive(srtpKeyLabel.rtpAuthentication, authenticationKeyLength),
    rtpSalt: derive(srtpKeyLabel.rtpSalt, saltLength),
    rtcpEncryptionKey: derive(srtpKeyLabel.rtcpEncryption, keyLength),
    rtcpAuthenticationKey: derive(srtpKeyLabel.rtcpAuthentication, authenticationKeyLength),
    rtcpSalt: derive(srtpKeyLabel.rtcpSalt, saltLength),
  };
}
