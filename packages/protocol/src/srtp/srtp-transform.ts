import { unreachable } from '@rivero/core';
import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import type { SrtpMasterKey } from './srtp-master-key.ts';
import { srtpProfiles } from './srtp-profile.ts';

/** Which RTP packet: what the IV is made of. */
export interface RtpPosition {
  ssrc: number;
  sequence: number;
  /** ROC: the upper 32 bits of the packet index (RFC 3711 section 3.3.1). */
  rolloverCounter: number;
}

/** Bytes of a {@link SealTag}. */
export const sealTagLength = 16;

/**
 * What no other packet under one key and index has: GCM's tag, or the first 128 bits of the HMAC, of which fewer are sent.
 */
export type SealTag = Uint8Array;

/**
 * The cryptography of one profile in one direction; knows packets by their position and keeps no state between them.
 * Opening authenticates first and changes no byte of what is not authentic.
 */
export interface SrtpTransform {
  /**
   * Encrypts what is behind the header and writes the tag at `plaintextLength`; room for it is there. What it answers may
   * be a view, valid until the next call.
   */
  sealRtp(bytes: Uint8Array, headerLength: number, plaintextLength: number, position: RtpPosition): SealTag;
  /** Decrypts the packet, of which header and tag are there; false when it is not authentic. */
  openRtp(packet: Uint8Array, headerLength: number, position: RtpPosition): boolean;
  /** Encrypts behind the first 8 bytes and writes index and tag in the profile's order, E flag set. */
  sealRtcp(bytes: Uint8Array, plaintextLength: number, ssrc: number, index: number): void;
  /** Decrypts the packet, of which 8 bytes, index and tag are there; false when it is not authentic. */
  openRtcp(packet: Uint8Array, ssrc: number): boolean;
  /** Where in a packet of that length the E flag and SRTCP index stand. */
  rtcpIndexOffset(packetLength: number): number;
}

export function openSrtpTransform(key: SrtpMasterKey): SrtpTransform {
  switch (key.profile) {
    case 'AEAD_AES_128_GCM':
      return new AesGcmTransform(deriveSessionKeys(key));
    case 'AES128_CM_HMAC_SHA1_80':
    case 'AES128_CM_HMAC_SHA1_32':
    case 'AES256_CM_HMAC_SHA1_80':
    case 'AES256_CM_HMAC_SHA1_32':
      return new AesCmTransform(deriveSessionKeys(key), srtpProfiles[key.profile].rtpTagLength);
    default:
      return unreachable(key.profile);
  }
}
