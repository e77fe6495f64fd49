/**
 * An SRTP protection profile, as IANA names it (RFC 5764 section 4.1.2, RFC 7714 section 14.2); those with AES-256 are
 * named alike, though they are only known as crypto suites of SDES (RFC 6188).
 */
export type SrtpProfile =
  | 'AEAD_AES_128_GCM'
  | 'AES128_CM_HMAC_SHA1_80'
  | 'AES128_CM_HMAC_SHA1_32'
  | 'AES256_CM_HMAC_SHA1_80'
  | 'AES256_CM_HMAC_SHA1_32';

/** The lengths of one profile, in bytes, and its number in the use_srtp extension. */
export interface SrtpProfileParameters {
  readonly keyLength: number;
  readonly saltLength: number;
  readonly rtpTagLength: number;
  readonly rtcpTagLength: number;
  /** SRTPProtectionProfile on the wire (RFC 5764 section 4.1.2); 0: DTLS has none for it. */
  readonly dtlsId: number;
}

/** RTCP keeps the long tag with the short one of RTP (RFC 3711 section 5.2, RFC 4568 section 6.2). */
const aes128Cm = { keyLength: 16, saltLength: 14, rtcpTagLength: 10 };
const aes256Cm = { ...aes128Cm, keyLength: 32, dtlsId: 0 };

/** Every profile that Rivero speaks (RFC 3711 section 8.2, RFC 7714 section 12, RFC 6188 section 3). */
export const srtpProfiles: Readonly<Record<SrtpProfile, SrtpProfileParameters>> = {
  AEAD_AES_128_GCM: { keyLength: 16, saltLength: 12, rtpTagLength: 16, rtcpTagLength: 16, dtlsId: 0x0007 },
  AES128_CM_HMAC_SHA1_80: { ...aes128Cm, rtpTagLength: 10, dtlsId: 0x0001 },
  AES128_CM_HMAC_SHA1_32: { ...aes128Cm, rtpTagLength: 4, dtlsId: 0x0002 },
  AES256_CM_HMAC_SHA1_80: { ...aes256Cm, rtpTagLength: 10 },
  AES256_CM_HMAC_SHA1_32: { ...aes256Cm, rtpTagLength: 4 },
};
