export { makeCertificate } from './make-certificate.ts';
export { readOwnCertificate } from './own-certificate.ts';
export { openSelfSigned, type SelfSignedOptions } from './self-signed.ts';
export type { TlsPair } from './tls-pair.ts';
