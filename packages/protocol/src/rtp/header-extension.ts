import { assert } from '@rivero/core';
import { type RtpHeader, rtpFixedHeaderLength } from './rtp-header.ts';

/** "Defined by profile" of the one-byte form (RFC 8285 section 4.2). */
export const oneByteProfile = 0xbede;

/** One element of a header extension, in an object that is filled again for every element. Offsets are absolute. */
export interface ExtensionElement {
  id: number;
  /** Where the element's value begins. */
  offset: number;
  /** Bytes of the value: 1 to 16 in the one-byte form, 0 to 255 in the two-byte form. */
  length: number;
}

/** An ExtensionElement to be filled by {@link findExtensionElement} and {@link nextExtensionElement}. */
export function emptyExtensionElement(): ExtensionElement {
  return { id: 0, offset: 0, length: 0 };
}

/**
 * Fills `into` with the first element behind position `from` and answers where to go on, or -1 when there is none (then
 * `into` is unchanged). Begin with `header.extensionOffset`. A broken element ends the extension without a defect, as
 * RFC 8285 asks: what came before it counts.
 *
 *     one byte:  | ID (4) | length - 1 (4) | value ...        ID 0: padding; ID 15: stop
 *     two bytes: | ID (8) | length (8)     | value ...        ID 0: padding; profile 0x1000 to 0x100f (appbits)
 *
 * Source: RFC 8285 sections 4.2 and 4.3.
 */
export function nextExtensionElement(
  bytes: Uint8Array,
  header: RtpHeader,
  from: number,
  into: ExtensionElement,
): number {
  const end = header.extensionOffset + header.extensionLength;
  let position = from;
  while (position < end && bytes[position] === 0) position += 1;
  if (position >= end) return -1;

  let id: number;
  let length: number;
  if (header.extensionProfile === oneByteProfile) {
    id = bytes[position] >> 4;
    if (id === 0 || id === 15) return -1;
    length = (bytes[position] & 0x0f) + 1;
    position += 1;
  } else if (header.extensionProfile >> 4 === 0x100) {
    if (position + 2 > end) return -1;
    id = bytes[position];
    length = bytes[position + 1];
    position += 2;
  } else {
    return -1;
  }
  if (position + length > end) return -1;
  into.id = id;
  into.offset = position;
  into.length = length;
  return position + length;
}

/** Fills `into` with the element of that id; false when the packet has none (then `into` is no longer of use). */
export function findExtensionElement(
  bytes: Uint8Array,
  header: RtpHeader,
  id: number,
  into: ExtensionElement,
): boolean {
  let position = header.extensionOffset;
  while (position !== -1) {
    position = nextExtensionElement(bytes, header, position, into);
    if (position !== -1 && into.id === id) return true;
  }
  return false;
}

/** Where a header extension's elements go in a packet without CSRCs: behind the fixed header, profile and length. */
export const extensionElementsOffset = rtpFixedHeaderLength + 4;

/**
 * Makes a one-byte-form header extension of the `elementsLength` bytes that already stand at `offset +
 * extensionElementsOffset` of the packet at `offset`, which has no CSRCs: sets the X bit, writes profile and length,
 * pads with zeros to a whole word. Answers the header's length (RFC 8285 section 4.2).
 */
export function closeOneByteExtension(out: Uint8Array, offset: number, elementsLength: number): number {
  const words = (elementsLength + 3) >> 2;
  out[offset] |= 0x10;
  out[offset + 12] = 0xbe;
  out[offset + 13] = 0xde;
  out[offset + 14] = words >> 8;
  out[offset + 15] = words & 0xff;
  const elements = offset + extensionElementsOffset;
  for (let i = elementsLength; i < words * 4; i++) out[elements + i] = 0;
  return extensionElementsOffset + words * 4;
}

/** Writes the first byte of a one-byte-form element and answers where its value goes; `id` is 1 to 14, `length` 1 to 16. */
export function openOneByteElement(out: Uint8Array, offset: number, id: number, length: number): number {
  assert(
    id >= 1 && id <= 14 && length >= 1 && length <= 16,
    'a one-byte-form element has an id of 1 to 14 and 1 to 16 bytes',
  );
  out[offset] = (id << 4) | (length - 1);
  return offset + 1;
}

/** Writes a one-byte-form element and answers where the next one goes (RFC 8285 section 4.2). */
export function writeOneByteElement(out: Uint8Array, offset: number, id: number, value: Uint8Array): number {
  const start = openOneByteElement(out, offset, id, value.length);
  out.set(value, start);
  return start + value.length;
}
