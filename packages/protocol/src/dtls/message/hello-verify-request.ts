import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { dtls10 } from '../parameters.ts';

/** The cookie of a HelloVerifyRequest (RFC 6347 section 4.2.1). */
export function parseHelloVerifyRequest(body: Uint8Array): Uint8Array | 'malformed' {
  const reader = new ByteReader(body);
  reader.uint16();
  const cookie = reader.vector(1);
  return reader.isComplete ? cookie : 'malformed';
}

/** Its version is DTLS 1.0 whatever is negotiated (RFC 6347 section 4.2.1). */
export function serializeHelloVerifyRequest(cookie: Uint8Array): Uint8Array {
  return new ByteWriter().uint16(dtls10).vector(1, cookie).finish();
}
