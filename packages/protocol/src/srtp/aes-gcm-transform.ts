import { readUint32, writeUint32, xorUint32 } from './bytes.ts';
import type { SrtpSessionKeys } from './key-derivation.ts';
import { type AesKey, gcmOpen, gcmSeal, importAesKey } from './srtp-crypto.ts';
import type { RtpPosition, SealTag, SrtpTransform } from './srtp-transform.ts';

const ivLength = 12;
const tagLength = 16;
const indexLength = 4;
/** The part of an RTCP packet that stays in the clear: first header word and SSRC. */
const rtcpHeaderLength = 8;

/**
 * AEAD_AES_128_GCM.
 *
 *     RTP:  | header, in the clear | ciphertext | tag (16) |
 *     RTCP: | 8 bytes, in the clear | ciphertext | tag (16) | E, SRTCP index (4) |
 *
 * Source: RFC 7714 sections 8 and 9.
 */
export class AesGcmTransform implements SrtpTransform {
  readonly #rtpKey: AesKey;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpKey: AesKey;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv = new Uint8Array(ivLength);
  readonly #rtcpAdditionalData = new Uint8Array(rtcpHeaderLength + indexLength);

  constructor(keys: SrtpSessionKeys) {
    this.#rtpKey = importAesKey(keys.rtpEncryptionKey);
    this.#rtpSalt = keys.rtpSalt;
    this.#rtcpKey = importAesKey(keys.rtcpEncryptionKey);
    this.#rtcpSalt = keys.rtcpSalt;
  }

  sealRtp(bytes: Uint8Array, headerLength: number, plaintextLength: number, position: RtpPosition): SealTag {
    this.#setRtpIv(position);
    const range = { bytes, from: headerLength, to: plaintextLength };
    return gcmSeal(this.#rtpKey, this.#iv, bytes.subarray(0, headerLength), range);
  }

  openRtp(packet: Uint8Array, headerLength: number, position: RtpPosition): boolean {
    this.#setRtpIv(position);
    const range = { bytes: packet, from: headerLength, to: packet.length - tagLength };
    return gcmOpen(this.#rtpKey, this.#iv, packet.subarray(0, headerLength), range);
  }

  sealRtcp(bytes: Uint8Array, plaintextLength: number, ssrc: number, index: number): void {
    const indexWord = (index | 0x80000000) >>> 0;
    this.#setRtcpIv(ssrc, index);
    this.#rtcpAdditionalData.set(bytes.subarray(0, rtcpHeaderLength));
    writeUint32(this.#rtcpAdditionalData, rtcpHeaderLength, indexWord);
    const range = { bytes, from: rtcpHeaderLength, to: plaintextLength };
    gcmSeal(this.#rtcpKey, this.#iv, this.#rtcpAdditionalData, range);
    writeUint32(bytes, plaintextLength + tagLength, indexWord);
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const to = packet.length - indexLength - tagLength;
    const indexWord = readUint32(packet, packet.length - indexLength);
    const isEncrypted = indexWord >= 0x80000000;
    this.#setRtcpIv(ssrc, indexWord & 0x7fffffff);
    // In the clear the whole packet is additional data (RFC 7714 section 9.3).
    const clearLength = isEncrypted ? rtcpHeaderLength : to;
    const additionalData = isEncrypted ? this.#rtcpAdditionalData : new Uint8Array(clearLength + indexLength);
    additionalData.set(packet.subarray(0, clearLength));
    writeUint32(additionalData, clearLength, indexWord);
    return gcmOpen(this.#rtcpKey, this.#iv, additionalData, { bytes: packet, from: clearLength, to });
  }

  rtcpIndexOffset(packetLength: number): number {
    return packetLength - indexLength;
  }

  /** 16 zero bits, SSRC, ROC, sequence number, all exclusive-or the salt (RFC 7714 section 8.1). */
  #setRtpIv({ ssrc, sequence, rolloverCounter }: RtpPosition): void {
    const iv = this.#iv;
    iv.set(this.#rtpSalt);
    xorUint32(iv, 2, ssrc);
    xorUint32(iv, 6, rolloverCounter);
    iv[10] ^= sequence >> 8;
    iv[11] ^= sequence;
  }

  /** 16 zero bits, SSRC, 16 zero bits, a zero bit and the SRTCP index, all exclusive-or the salt (RFC 7714 section 9.1). */
  #setRtcpIv(ssrc: number, index: number): void {
    const iv = this.#iv;
    iv.set(this.#rtcpSalt);
    xorUint32(iv, 2, ssrc);
    xorUint32(iv, 8, index);
  }
}
