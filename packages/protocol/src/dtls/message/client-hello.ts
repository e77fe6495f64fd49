import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type Extensions, parseExtensions, serializeExtensions } from './extensions.ts';

/** RFC 6347 section 4.3.2 and RFC 5246 section 7.4.1.2. */
export interface ClientHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: Uint8Array;
  readonly extensions: Extensions;
}

export function parseClientHello(body: Uint8Array): ClientHello | 'malformed' {
  const reader = new ByteReader(body);
  const version = reader.uint16();
  const random = reader.bytes(32);
  const sessionId = reader.vector(1);
  const cookie = reader.vector(1);
  const cipherSuites = reader.uint16Vector(2);
  const compressionMethods = reader.vector(1);
  const extensions = parseExtensions(reader);
  if (!reader.isComplete || extensions === undefined || sessionId.length > 32) return 'malformed';
  return { version, random, sessionId, cookie, cipherSuites, compressionMethods, extensions };
}

export function serializeClientHello(hello: ClientHello): Uint8Array {
  return new ByteWriter()
    .uint16(hello.version)
    .bytes(hello.random)
    .vector(1, hello.sessionId)
    .vector(1, hello.cookie)
    .uint16Vector(2, hello.cipherSuites)
    .vector(1, hello.compressionMethods)
    .bytes(serializeExtensions(hello.extensions))
    .finish();
}
