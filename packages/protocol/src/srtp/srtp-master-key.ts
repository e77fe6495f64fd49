import { assert } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from './srtp-profile.ts';

/** The master key of one direction, as DTLS-SRTP exports it (RFC 5764 section 4.2) or SDES tells it (RFC 4568). */
export interface SrtpMasterKey {
  readonly profile: SrtpProfile;
  readonly masterKey: Uint8Array;
  readonly masterSalt: Uint8Array;
  /** RTP packets, and RTCP packets, that it is good for; left out: 2^48 and 2^31 (RFC 3711 section 9.2). */
  readonly lifetime?: number;
  /** RTCP packets that a sender has sealed under it before this one; left out: none. */
  readonly rtcpSealed?: number;
}

/** Asserts that key and salt have the profile's lengths. */
export function assertMasterKey(key: SrtpMasterKey): void {
  const { keyLength, saltLength } = srtpProfiles[key.profile];
  assert(
    key.masterKey.length === keyLength && key.masterSalt.length === saltLength,
    `an SRTP master key and salt of ${key.profile} have ${keyLength} and ${saltLength} bytes`,
  );
}
