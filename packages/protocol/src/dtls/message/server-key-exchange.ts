import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type DigitalSignature, readSignature, serializeSignature } from './signed.ts';

/** ECDHE parameters and their signature (RFC 8422 section 5.4). */
export interface ServerKeyExchange {
  readonly group: number;
  readonly publicKey: Uint8Array;
  /** The bytes that are signed behind both randoms. */
  readonly parameters: Uint8Array;
  readonly signed: DigitalSignature;
}

const namedCurve = 3;

export function serializeKeyParameters(group: number, publicKey: Uint8Array): Uint8Array {
  return new ByteWriter().uint8(namedCurve).uint16(group).vector(1, publicKey).finish();
}

export function parseServerKeyExchange(body: Uint8Array): ServerKeyExchange | 'malformed' {
  const reader = new ByteReader(body);
  const curveType = reader.uint8();
  const group = reader.uint16();
  const publicKey = reader.vector(1);
  const parameters = body.subarray(0, body.length - reader.remaining);
  const signed = readSignature(reader);
  if (!reader.isComplete || curveType !== namedCurve) return 'malformed';
  return { group, publicKey, parameters, signed };
}

export function serializeServerKeyExchange(parameters: Uint8Array, signed: DigitalSignature): Uint8Array {
  return new ByteWriter().bytes(parameters).bytes(serializeSignature(signed)).finish();
}
