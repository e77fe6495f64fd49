import type { DtlsCertificate } from '../certificate/dtls-certificate.ts';
import type { Group } from '../parameters.ts';

/** An ephemeral key of one handshake. */
export interface KeyShare {
  readonly group: Group;
  readonly publicKey: Uint8Array;
  /** The shared secret, or a defect when the peer's key is no point of the group or gives the zero secret. */
  computeSecret(peerPublicKey: Uint8Array): Uint8Array | 'bad-public-key';
}

/** AES-128-GCM of one direction. */
export interface RecordCipher {
  /** Ciphertext followed by the tag. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  open(nonce: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Uint8Array | 'authentication-failed';
}

/** HMAC-SHA-256 under one key of all these bytes, as if they were one. */
export type HmacSha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

/** The cryptography that DTLS needs and does not do itself. */
export interface DtlsCrypto {
  sha256(bytes: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array): HmacSha256;
  generateKeyShare(group: Group): KeyShare;
  /** Signs with the certificate's key in one of the signature schemes that fit it. */
  sign(certificate: DtlsCertificate, scheme: number, bytes: Uint8Array): Uint8Array;
  /** True only when the scheme fits the key of the certificate and the signature is right. */
  verify(certificateDer: Uint8Array, scheme: number, bytes: Uint8Array, signature: Uint8Array): boolean;
  createRecordCipher(key: Uint8Array): RecordCipher;
  isEqual(a: Uint8Array, b: Uint8Array): boolean;
}
