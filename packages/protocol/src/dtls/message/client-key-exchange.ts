import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

/** The client's ECDHE public key (RFC 8422 section 5.7). */
export function parseClientKeyExchange(body: Uint8Array): Uint8Array | 'malformed' {
  const reader = new ByteReader(body);
  const publicKey = reader.vector(1);
  return reader.isComplete && publicKey.length > 0 ? publicKey : 'malformed';
}

export function serializeClientKeyExchange(publicKey: Uint8Array): Uint8Array {
  return new ByteWriter().vector(1, publicKey).finish();
}
