import { aesBlocks } from './srtp-crypto.ts';
import { assertMasterKey, type SrtpMasterKey } from './srtp-master-key.ts';
import { srtpProfiles } from './srtp-profile.ts';

/** Key derivation labels (RFC 3711 section 4.3.2). */
const srtpKeyLabel = {
  rtpEncryption: 0,
  rtpAuthentication: 1,
  rtpSalt: 2,
  rtcpEncryption: 3,
  rtcpAuthentication: 4,
  rtcpSalt: 5,
} as const;

const labelsCount = 6;

/** Bytes of the master salt that the derivation works on; a shorter salt is followed by zeros (RFC 7714 section 11). */
const derivationSaltLength = 14;

const blockLength = 16;

/** Of the keystream of each label: no key is longer. */
const streamLength = 2 * blockLength;

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

/**
 * All keys that come from one master key: of each label the AES-CM keystream under it, with a key derivation rate of 0. The
 * streams are enciphered in one call, as it costs what it costs for one of them.
 * Source: RFC 3711 sections 4.3.1 and 4.3.3.
 */
export function deriveSessionKeys(key: SrtpMasterKey): SrtpSessionKeys {
  assertMasterKey(key);
  const { keyLength, saltLength } = srtpProfiles[key.profile];
  const streams = aesBlocks(key.masterKey, counterBlocks(key.masterSalt));
  const derive = (label: number, length: number): Uint8Array =>
    streams.slice(label * streamLength, label * streamLength + length);
  return {
    rtpEncryptionKey: derive(srtpKeyLabel.rtpEncryption, keyLength),
    rtpAuthenticationKey: derive(srtpKeyLabel.rtpAuthentication, authenticationKeyLength),
    rtpSalt: derive(srtpKeyLabel.rtpSalt, saltLength),
    rtcpEncryptionKey: derive(srtpKeyLabel.rtcpEncryption, keyLength),
    rtcpAuthenticationKey: derive(srtpKeyLabel.rtcpAuthentication, authenticationKeyLength),
    rtcpSalt: derive(srtpKeyLabel.rtcpSalt, saltLength),
  };
}

/** The first counters of each label, one label after the other: salt XOR label, and the number of the block behind. */
function counterBlocks(masterSalt: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(labelsCount * streamLength);
  for (let offset = 0; offset < blocks.length; offset += blockLength) {
    blocks.set(masterSalt.subarray(0, derivationSaltLength), offset);
    blocks[offset + 7] ^= Math.floor(offset / streamLength);
    blocks[offset + 15] = (offset % streamLength) / blockLength;
  }
  return blocks;
}
