import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type Extensions, parseExtensions, serializeExtensions } from './extensions.ts';

/** RFC 5246 section 7.4.1.3. */
export interface ServerHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: Extensions;
}

export function parseServerHello(body: Uint8Array): ServerHello | 'malformed' {
  const reader = new ByteReader(body);
  const version = reader.uint16();
  const random = reader.bytes(32);
  const sessionId = reader.vector(1);
  const cipherSuite = reader.uint16();
  const compressionMethod = reader.uint8();
  const extensions = parseExtensions(reader);
  if (!reader.isComplete || extensions === undefined || sessionId.length > 32) return 'malformed';
  return { version, random, sessionId, cipherSuite, compressionMethod, extensions };
}

export function serializeServerHello(hello: ServerHello): Uint8Array {
  return new ByteWriter()
    .uint16(hello.version)
    .bytes(hello.random)
    .vector(1, hello.sessionId)
    .uint16(hello.cipherSuite)
    .uint8(hello.compressionMethod)
    .bytes(serializeExtensions(hello.extensions))
    .finish();
}
