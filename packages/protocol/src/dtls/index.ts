export type { DtlsCertificate } from './certificate/dtls-certificate.ts';
export { certificateFingerprint, type Fingerprint, type FingerprintAlgorithm } from './certificate/fingerprint.ts';
export {
  type CertificateOptions,
  generateCertificate,
  generateCertificateAside,
  loadCertificate,
} from './certificate/generate-certificate.ts';
export type { DtlsCrypto, KeyShare, RecordCipher } from './crypto/dtls-crypto.ts';
export {
  DtlsAssociation,
  type DtlsCloseReason,
  dtlsCounters,
  type DtlsOptions,
  type DtlsOutput,
  type DtlsState,
  type SrtpKeys,
} from './dtls-association.ts';
