import { type ExtensionElement, openOneByteElement } from './header-extension.ts';

/** The MID: the media section that a packet belongs to; `undefined` when the value is empty or no token (RFC 8843 section 15.1). */
export function readMid(bytes: Uint8Array, element: ExtensionElement): string | undefined {
  if (element.length === 0) return undefined;
  let text = '';
  for (let i = element.offset; i < element.offset + element.length; i++) {
    if (bytes[i] <= 0x20 || bytes[i] >= 0x7f) return undefined;
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

/** Writes a MID of 1 to 16 ASCII characters as a one-byte-form element and answers where the next one goes. */
export function writeMid(out: Uint8Array, offset: number, id: number, mid: string): number {
  const start = openOneByteElement(out, offset, id, mid.length);
  for (let i = 0; i < mid.length; i++) out[start + i] = mid.charCodeAt(i);
  return start + mid.length;
}
