/** An SRTP protection profile, as IANA names it (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
export type SrtpProfile = 'AEAD_AES_128_GCM' | 'AES128_CM_HMAC_SHA1_80';

/** The lengths of one profile, in bytes, and its number in the use_srtp extension. */
export interface SrtpProfileParameters {
  readonly keyLength: number;
  readonly saltLength: number;
  readonly rtpTagLength: number;
  readonly rtcpTagLength: number;
  /** SRTPProtectionProfile on the wire (RFC 5764 section 4.1.2). */
  readonly dtlsId: number;
}

/** Every profile that Rivero speaks (RFC 3711 section 8.2, RFC 7714 section 12). */
export const srtpProfiles: Readonly<Record<SrtpProfile, SrtpProfileParameters>> = {
  AEAD_AES_128_GCM: { keyLength: 16, saltLength: 12, rtpTagLength: 16, rtcpTagLength: 16, dtlsId: 0x0007 },
  AES128_CM_HMAC_SHA1_80: { keyLength: 16, saltLength: 14, rtpTagLength: 10, rtcpTagLength: 10, dtlsId: 0x0001 },
};
