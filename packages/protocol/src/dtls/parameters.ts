/** DTLS 1.2 on the wire (RFC 6347 section 4.1). */
export const dtls12 = 0xfefd;
/** DTLS 1.0, which record headers of first messages may bear. */
export const dtls10 = 0xfeff;

export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

export const handshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** The suites we speak (RFC 5289), by the certificate that they go with. */
export const cipherSuites = { ecdsa: 0xc02b, rsa: 0xc02f } as const;

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 section 3.3). */
export const renegotiationScsv = 0x00ff;

/** Key exchange groups, best first (RFC 8422 section 5.1.1). */
export const groupNumbers = { x25519: 29, secp256r1: 23 } as const;
export type Group = keyof typeof groupNumbers;
export const groups: readonly Group[] = ['x25519', 'secp256r1'];

export const extensionType = {
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** Signature schemes that we make and check (RFC 8446 section 4.2.3, the TLS 1.2 meaning), best first. */
export const signatureSchemes = {
  ecdsaSha256: 0x0403,
  ecdsaSha384: 0x0503,
  rsaPssSha256: 0x0804,
  rsaSha256: 0x0401,
  rsaSha384: 0x0501,
} as const;
export const signatureSchemeNumbers: readonly number[] = Object.values(signatureSchemes);

export const alertDescription = {
  closeNotify: 0,
  unexpectedMessage: 10,
  handshakeFailure: 40,
  badCertificate: 42,
  illegalParameter: 47,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  noRenegotiation: 100,
} as const;

export const alertLevel = { warning: 1, fatal: 2 } as const;
