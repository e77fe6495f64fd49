import { type ExtensionElement, openOneByteElement } from './header-extension.ts';

/**
 * The transport-wide sequence number, one count over all packets of a transport; -1 when the value is none. Of version 2's
 * four bytes the first two. Source: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2.
 */
export function readTransportSequence(bytes: Uint8Array, element: ExtensionElement): number {
  return element.length < 2 ? -1 : (bytes[element.offset] << 8) | bytes[element.offset + 1];
}

/** Writes a one-byte-form element and answers where the next one goes. */
export function writeTransportSequence(out: Uint8Array, offset: number, id: number, sequence: number): number {
  const at = openOneByteElement(out, offset, id, 2);
  out[at] = sequence >> 8;
  out[at + 1] = sequence;
  return at + 2;
}
