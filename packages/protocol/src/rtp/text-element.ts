import type { ExtensionElement } from './header-extension.ts';
import { openOneByteElement } from './header-extension.ts';

/** The element's value as text; `undefined` when it is empty or has bytes that no identifier has (RFC 8852 section 3.3, RFC 8843 section 15.1). */
export function readTextElement(bytes: Uint8Array, element: ExtensionElement): string | undefined {
  if (element.length === 0) return undefined;
  let text = '';
  for (let i = element.offset; i < element.offset + element.length; i++) {
    if (bytes[i] <= 0x20 || bytes[i] >= 0x7f) return undefined;
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

/** Writes ASCII text of 1 to 16 characters as a one-byte-form element and answers where the next one goes. */
export function writeTextElement(out: Uint8Array, offset: number, id: number, text: string): number {
  const start = openOneByteElement(out, offset, id, text.length);
  for (let i = 0; i < text.length; i++) out[start + i] = text.charCodeAt(i);
  return start + text.length;
}
