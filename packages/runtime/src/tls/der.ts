/** Tags of ASN.1's distinguished encoding (ITU-T X.690) that a certificate needs. */
const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: tag, length, contents (X.690 section 8.1). */
export function derElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents);
  const header = body.length < 0x80 ? [tag, body.length] : longHeader(tag, body.length);
  return Buffer.concat([Uint8Array.from(header), body]);
}

function longHeader(tag: number, length: number): readonly number[] {
  const lengthBytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256);
  return [tag, 0x80 | lengthBytes.length, ...lengthBytes];
}

export function derSequence(...contents: readonly Uint8Array[]): Uint8Array {
  return derElement(derTag.sequence, ...contents);
}

export function derSet(...contents: readonly Uint8Array[]): Uint8Array {
  return derElement(derTag.set, ...contents);
}

/** A non-negative integer from its big-endian bytes, in the shortest form. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  return short[0] >= 0x80 ? derElement(derTag.integer, Uint8Array.of(0), short) : derElement(derTag.integer, short);
}

export function derTrue(): Uint8Array {
  return derElement(derTag.boolean, Uint8Array.of(0xff));
}

export function derOctetString(contents: Uint8Array): Uint8Array {
  return derElement(derTag.octetString, contents);
}

/** Bits that fill whole bytes, or leave `unused` of the last one. */
export function derBitString(contents: Uint8Array, unused = 0): Uint8Array {
  return derElement(derTag.bitString, Uint8Array.of(unused), contents);
}

export function derUtf8String(text: string): Uint8Array {
  return derElement(derTag.utf8String, Buffer.from(text, 'utf8'));
}

/** `1.2.840.10045.4.3.2` (X.690 section 8.19). */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let high = part >>> 7; high > 0; high >>>= 7) groups.unshift((high & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return derElement(derTag.objectIdentifier, Uint8Array.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5). */
export function derTime(date: Date): Uint8Array {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return date.getUTCFullYear() < 2050
    ? derElement(derTag.utcTime, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
    : derElement(derTag.generalizedTime, Buffer.from(`${digits}Z`, 'latin1'));
}
