import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

/** The chain of a Certificate message, the peer's own certificate first; empty when it has none (RFC 5246 section 7.4.2). */
export function parseCertificateMessage(body: Uint8Array): readonly Uint8Array[] | 'malformed' {
  const reader = new ByteReader(body);
  const list = new ByteReader(reader.vector(3));
  const chain: Uint8Array[] = [];
  while (list.remaining > 0 && !list.isDefective) chain.push(list.vector(3));
  return reader.isComplete && !list.isDefective && chain.every(({ length }) => length > 0) ? chain : 'malformed';
}

export function serializeCertificateMessage(chain: readonly Uint8Array[]): Uint8Array {
  const list = new ByteWriter();
  for (const der of chain) list.vector(3, der);
  return new ByteWriter().vector(3, list.finish()).finish();
}
