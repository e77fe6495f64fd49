import type { ExtensionElement } from './header-extension.ts';
import { readTextElement, writeTextElement } from './text-element.ts';

/** The encoding (simulcast layer) that a packet belongs to (RFC 8852 section 3.1). */
export const ridUri = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

/** On RTX packets: the encoding that is repaired (RFC 8852 section 3.2). */
export const repairedRidUri = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

/** The RID, of either kind; `undefined` when the value is none. */
export function readRid(bytes: Uint8Array, element: ExtensionElement): string | undefined {
  return readTextElement(bytes, element);
}

/** Writes a RID of 1 to 16 ASCII characters as a one-byte-form element and answers where the next one goes. */
export function writeRid(out: Uint8Array, offset: number, id: number, rid: string): number {
  return writeTextElement(out, offset, id, rid);
}
