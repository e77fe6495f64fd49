import { concatBytes } from '../byte-writer.ts';

/** Distinguished Encoding Rules (ITU-T X.690), as much of them as a self-signed certificate needs. */
function element(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes([Uint8Array.of(tag, ...header), content]);
}

export function derSequence(...items: readonly Uint8Array[]): Uint8Array {
  return element(0x30, concatBytes(items));
}

export function derSet(...items: readonly Uint8Array[]): Uint8Array {
  return element(0x31, concatBytes(items));
}

/** A non-negative integer from its big-endian bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  return element(0x02, bytes[0] > 0x7f ? concatBytes([Uint8Array.of(0), bytes]) : bytes);
}

export function derExplicit(number: number, content: Uint8Array): Uint8Array {
  return element(0xa0 | number, content);
}

export function derNull(): Uint8Array {
  return element(0x05, new Uint8Array(0));
}

export function derUtf8String(text: string): Uint8Array {
  return element(0x0c, new TextEncoder().encode(text));
}

export function derBitString(bytes: Uint8Array): Uint8Array {
  return element(0x03, concatBytes([Uint8Array.of(0), bytes]));
}

/** GeneralizedTime after 2049, UTCTime before (RFC 5280 section 4.1.2.5). */
export function derTime(date: Date): Uint8Array {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const isShort = date.getUTCFullYear() < 2050;
  return element(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? text.slice(2) : text));
}

/** An object identifier in dotted form. */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let value = Math.floor(arc / 128); value > 0; value = Math.floor(value / 128))
      groups.unshift((value & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(0x06, Uint8Array.from(bytes));
}
