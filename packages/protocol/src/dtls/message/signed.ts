import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

/** A signature and its scheme: the body of CertificateVerify, the end of ServerKeyExchange (RFC 5246 section 4.7). */
export interface DigitalSignature {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

export function readSignature(reader: ByteReader): DigitalSignature {
  return { scheme: reader.uint16(), signature: reader.vector(2) };
}

export function serializeSignature({ scheme, signature }: DigitalSignature): Uint8Array {
  return new ByteWriter().uint16(scheme).vector(2, signature).finish();
}

/** RFC 5246 section 7.4.8. */
export function parseCertificateVerify(body: Uint8Array): DigitalSignature | 'malformed' {
  const reader = new ByteReader(body);
  const signature = readSignature(reader);
  return reader.isComplete ? signature : 'malformed';
}
