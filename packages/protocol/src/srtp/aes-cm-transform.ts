import { areEqual, readUint32, writeUint32, xorUint32 } from './bytes.ts';
import type { SrtpSessionKeys } from './key-derivation.ts';
import { aesCounterMode, type AesKey, HmacSha1, importAesKey } from './srtp-crypto.ts';
import { type RtpPosition, type SealTag, sealTagLength, type SrtpTransform } from './srtp-transform.ts';

const rtcpTagLength = 10;
const indexLength = 4;
/** The part of an RTCP packet that stays in the clear: first header word and SSRC. */
const rtcpHeaderLength = 8;
const noTrailer = new Uint8Array(0);

/**
 * AES in counter mode, and HMAC-SHA1 cut to 80 bits, or for RTP to 32, over what was encrypted.
 *
 *     RTP:  | header, in the clear | ciphertext | tag (10 or 4), over all before it and the ROC |
 *     RTCP: | 8 bytes, in the clear | ciphertext | E, SRTCP index (4) | tag (10), over all before it |
 *
 * Source: RFC 3711 sections 3.1, 3.4, 4.1.1, 4.2 and 5.2; RFC 6188 section 2 for AES-256.
 */
export class AesCmTransform implements SrtpTransform {
  readonly #rtpTagLength: number;
  readonly #rtpKey: AesKey;
  readonly #rtpSalt: Uint8Array;
  readonly #rtpHmac: HmacSha1;
  readonly #sealTag: SealTag;
  readonly #rtcpKey: AesKey;
  readonly #rtcpSalt: Uint8Array;
  readonly #rtcpHmac: HmacSha1;
  readonly #iv = new Uint8Array(16);
  readonly #rolloverCounter = new Uint8Array(4);

  constructor(keys: SrtpSessionKeys, rtpTagLength: number) {
    this.#rtpTagLength = rtpTagLength;
    this.#rtpKey = importAesKey(keys.rtpEncryptionKey);
    this.#rtpSalt = keys.rtpSalt;
    this.#rtpHmac = new HmacSha1(keys.rtpAuthenticationKey);
    this.#sealTag = this.#rtpHmac.digest.subarray(0, sealTagLength);
    this.#rtcpKey = importAesKey(keys.rtcpEncryptionKey);
    this.#rtcpSalt = keys.rtcpSalt;
    this.#rtcpHmac = new HmacSha1(keys.rtcpAuthenticationKey);
  }

  sealRtp(bytes: Uint8Array, headerLength: number, plaintextLength: number, position: RtpPosition): SealTag {
    this.#setRtpIv(position);
    aesCounterMode(this.#rtpKey, this.#iv, bytes.subarray(0, plaintextLength), headerLength);
    writeUint32(this.#rolloverCounter, 0, position.rolloverCounter);
    this.#rtpHmac.compute(bytes, plaintextLength, this.#rolloverCounter);
    writeTag(this.#rtpHmac.digest, this.#rtpTagLength, bytes, plaintextLength);
    return this.#sealTag;
  }

  openRtp(packet: Uint8Array, headerLength: number, position: RtpPosition): boolean {
    const to = packet.length - this.#rtpTagLength;
    writeUint32(this.#rolloverCounter, 0, position.rolloverCounter);
    this.#rtpHmac.compute(packet, to, this.#rolloverCounter);
    if (!areEqual(this.#rtpHmac.digest, packet, to, this.#rtpTagLength)) return false;
    this.#setRtpIv(position);
    aesCounterMode(this.#rtpKey, this.#iv, packet.subarray(0, to), headerLength);
    return true;
  }

  sealRtcp(bytes: Uint8Array, plaintextLength: number, ssrc: number, index: number): void {
    this.#setRtcpIv(ssrc, index);
    aesCounterMode(this.#rtcpKey, this.#iv, bytes.subarray(0, plaintextLength), rtcpHeaderLength);
    writeUint32(bytes, plaintextLength, index | 0x80000000);
    this.#rtcpHmac.compute(bytes, plaintextLength + indexLength, noTrailer);
    writeTag(this.#rtcpHmac.digest, rtcpTagLength, bytes, plaintextLength + indexLength);
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const tagOffset = packet.length - rtcpTagLength;
    this.#rtcpHmac.compute(packet, tagOffset, noTrailer);
    if (!areEqual(this.#rtcpHmac.digest, packet, tagOffset, rtcpTagLength)) return false;
    const indexWord = readUint32(packet, tagOffset - indexLength);
    if (indexWord < 0x80000000) return true;
    this.#setRtcpIv(ssrc, indexWord & 0x7fffffff);
    aesCounterMode(this.#rtcpKey, this.#iv, packet.subarray(0, tagOffset - indexLength), rtcpHeaderLength);
    return true;
  }

  rtcpIndexOffset(packetLength: number): number {
    return packetLength - rtcpTagLength - indexLength;
  }

  /** Salt times 2^16, exclusive-or SSRC times 2^64, exclusive-or packet index times 2^16 (RFC 3711 section 4.1.1). */
  #setRtpIv({ ssrc, sequence, rolloverCounter }: RtpPosition): void {
    const iv = this.#startIv(this.#rtpSalt, ssrc);
    xorUint32(iv, 8, rolloverCounter);
    iv[12] ^= sequence >> 8;
    iv[13] ^= sequence;
  }

  #setRtcpIv(ssrc: number, index: number): void {
    xorUint32(this.#startIv(this.#rtcpSalt, ssrc), 10, index);
  }

  #startIv(salt: Uint8Array, ssrc: number): Uint8Array {
    const iv = this.#iv;
    iv.set(salt);
    iv[14] = 0;
    iv[15] = 0;
    xorUint32(iv, 4, ssrc);
    return iv;
  }
}

function writeTag(digest: Uint8Array, tagLength: number, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < tagLength; i++) bytes[offset + i] = digest[i];
}
