// The crypto port of this folder: the one file here that imports node:crypto.
//
// Measured on Node 24 with 60 bytes: two one-shot hashes with strings for results take 0.6 µs where createHmac takes 2.2, and
// leave no object behind that the collector has to ask Node about.
import { hash } from 'node:crypto';

export type HmacAlgorithm = 'sha1' | 'sha256';

/** The HMAC of all these bytes, as if they were one. */
type KeyedHmac = (...parts: readonly Uint8Array[]) => Uint8Array;

/** Of the hash's input, in bytes (FIPS 180-4 section 1). */
const blockLength = 64;

const digestLengths: Readonly<Record<HmacAlgorithm, number>> = { sha1: 20, sha256: 32 };

/** Room for the messages of a handshake and of a check; a longer one makes it grow. */
const messageLengthFirst = 192;

/** HMAC under one key (RFC 2104); the key is copied. */
export function hmacUnder(algorithm: HmacAlgorithm, key: Uint8Array): KeyedHmac {
  const digestLength = digestLengths[algorithm];
  const short = key.length > blockLength ? digestOf(algorithm, key) : key;
  let inner = new Uint8Array(blockLength + messageLengthFirst);
  const outer = new Uint8Array(blockLength + digestLength);
  for (let i = 0; i < blockLength; i++) {
    const byte = i < short.length ? short[i] : 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return (...parts) => {
    let end = blockLength;
    for (const part of parts) {
      const start = end;
      end += part.length;
      if (end > inner.length) inner = grown(inner, end);
      inner.set(part, start);
    }
    writeLatin1(hash(algorithm, inner.subarray(0, end), 'binary'), outer, blockLength);
    return digestOf(algorithm, outer);
  };
}

function digestOf(algorithm: HmacAlgorithm, bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(digestLengths[algorithm]);
  writeLatin1(hash(algorithm, bytes, 'binary'), digest, 0);
  return digest;
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(Math.max(length, bytes.length * 2));
  longer.set(bytes);
  return longer;
}

function writeLatin1(text: string, into: Uint8Array, offset: number): void {
  for (let i = 0; i < text.length; i++) into[offset + i] = text.charCodeAt(i);
}
