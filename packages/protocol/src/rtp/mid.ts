import type { ExtensionElement } from './header-extension.ts';
import { readTextElement, writeTextElement } from './text-element.ts';

/** The media section that a packet belongs to (RFC 8843 section 15). */
export const midUri = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** The MID; `undefined` when the value is none. */
export function readMid(bytes: Uint8Array, element: ExtensionElement): string | undefined {
  return readTextElement(bytes, element);
}

/** Writes a MID of 1 to 16 ASCII characters as a one-byte-form element and answers where the next one goes. */
export function writeMid(out: Uint8Array, offset: number, id: number, mid: string): number {
  return writeTextElement(out, offset, id, mid);
}
