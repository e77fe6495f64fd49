import { deriveSessionKeys, type SrtpMasterKey, type SrtpProfile } from '@rivero/protocol/srtp';

/** Numbers of the profiles in the addon (srtp-profile.h). */
const profileNumbers: Readonly<Record<SrtpProfile, number>> = {
  AEAD_AES_128_GCM: 0,
  AES128_CM_HMAC_SHA1_80: 1,
  AES128_CM_HMAC_SHA1_32: 2,
  AES256_CM_HMAC_SHA1_80: 3,
  AES256_CM_HMAC_SHA1_32: 4,
};

/** Packets go as they are. */
const noProfile = 5;

/** Packets that a key is good for whose life nobody named (RFC 3711 section 9.2). */
const lifetimeMax = 2 ** 48;

const keyLength = 32;
const authenticationKeyLength = 20;
const saltLength = 14;

/** Keys of one direction as the addon takes them: SrtpSessionKeys of srtp-transform.h. */
export interface NativeKeys {
  readonly profile: number;
  readonly bytes: Uint8Array;
  readonly lifetime: number;
}

export const noKeys: NativeKeys = { profile: noProfile, bytes: new Uint8Array(0), lifetime: lifetimeMax };

/**
 * Each key at the place of its longest form:
 *
 *     RTP: | encryption (32) | authentication (20) | salt (14) |, RTCP: the same again
 */
export function nativeKeys(key: SrtpMasterKey): NativeKeys {
  const keys = deriveSessionKeys(key);
  const bytes = new Uint8Array(2 * (keyLength + authenticationKeyLength + saltLength));
  let offset = 0;
  for (const [part, length] of [
    [keys.rtpEncryptionKey, keyLength],
    [keys.rtpAuthenticationKey, authenticationKeyLength],
    [keys.rtpSalt, saltLength],
    [keys.rtcpEncryptionKey, keyLength],
    [keys.rtcpAuthenticationKey, authenticationKeyLength],
    [keys.rtcpSalt, saltLength],
  ] as const) {
    bytes.set(part, offset);
    offset += length;
  }
  return { profile: profileNumbers[key.profile], bytes, lifetime: key.lifetime ?? lifetimeMax };
}
