import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

/** Hello extensions by type; a later one of the same type is a defect (RFC 5246 section 7.4.1.4). */
export type Extensions = ReadonlyMap<number, Uint8Array>;

/** Extensions in one hello. */
const extensionsMax = 64;

/** Reads the rest of a hello: nothing, or a vector of extensions. */
export function parseExtensions(reader: ByteReader): Extensions | undefined {
  const extensions = new Map<number, Uint8Array>();
  if (reader.remaining === 0) return extensions;
  const list = new ByteReader(reader.vector(2));
  while (list.remaining > 0 && !list.isDefective) {
    const type = list.uint16();
    if (extensions.has(type) || extensions.size === extensionsMax) return undefined;
    extensions.set(type, list.vector(2));
  }
  return list.isDefective ? undefined : extensions;
}

export function serializeExtensions(extensions: Extensions): Uint8Array {
  const list = new ByteWriter();
  for (const [type, data] of extensions) list.uint16(type).vector(2, data);
  return new ByteWriter().vector(2, list.finish()).finish();
}

/** supported_groups and signature_algorithms: 16-bit numbers behind a 16-bit length. */
export function parseNumberList(data: Uint8Array | undefined): readonly number[] {
  if (data === undefined) return [];
  const reader = new ByteReader(data);
  const numbers = reader.uint16Vector(2);
  return reader.isComplete ? numbers : [];
}

/** use_srtp: the profiles; an MKI is not spoken and read past (RFC 5764 section 4.1.1). */
export function parseUseSrtp(data: Uint8Array | undefined): readonly number[] {
  if (data === undefined) return [];
  const reader = new ByteReader(data);
  const profiles = reader.uint16Vector(2);
  reader.vector(1);
  return reader.isComplete ? profiles : [];
}

export function serializeNumberList(numbers: readonly number[]): Uint8Array {
  return new ByteWriter().uint16Vector(2, numbers).finish();
}

export function serializeUseSrtp(profiles: readonly number[]): Uint8Array {
  return new ByteWriter().uint16Vector(2, profiles).uint8(0).finish();
}
