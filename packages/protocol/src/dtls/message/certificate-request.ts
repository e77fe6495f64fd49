import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

/** RFC 5246 section 7.4.4; authorities are of no meaning where fingerprints decide. */
export interface CertificateRequest {
  readonly certificateTypes: Uint8Array;
  readonly signatureSchemes: readonly number[];
}

/** ecdsa_sign and rsa_sign (RFC 8422 section 5.5, RFC 5246 section 7.4.4). */
export const clientCertificateTypes = { ecdsa: 64, rsa: 1 } as const;

export function parseCertificateRequest(body: Uint8Array): CertificateRequest | 'malformed' {
  const reader = new ByteReader(body);
  const certificateTypes = reader.vector(1);
  const signatureSchemes = reader.uint16Vector(2);
  reader.vector(2);
  return reader.isComplete ? { certificateTypes, signatureSchemes } : 'malformed';
}

export function serializeCertificateRequest(request: CertificateRequest): Uint8Array {
  return new ByteWriter()
    .vector(1, request.certificateTypes)
    .uint16Vector(2, request.signatureSchemes)
    .uint16(0)
    .finish();
}
