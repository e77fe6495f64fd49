import { assert } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from './srtp-profile.ts';

/** The master key of one direction, as DTLS-SRTP exports it (RFC 5764 section 4.2). */
export interface SrtpMasterKey {
  readonly profile: SrtpProfile;
  readonly masterKey: Uint8Array;
  readonly masterSalt: Uint8Array;
}

/** Asserts that key and salt have the profile's lengths. */
export function assertMasterKey(key: SrtpMasterKey): void {
  const { keyLength, saltLength } = srtpProfiles[key.profile];
  assert(
    key.masterKey.length === keyLength && key.masterSalt.length === saltLength,
    `an SRTP master key and salt of ${key.profile} have ${keyLength} and ${saltLength} bytes`,
  );
}
