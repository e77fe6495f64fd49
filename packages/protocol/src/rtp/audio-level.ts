import { type ExtensionElement, openOneByteElement } from './header-extension.ts';

/** How loud the audio in a packet is (RFC 6464). */
export const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** The level of silence, in -dBov. */
export const audioLevelSilence = 127;

/**
 * The level in -dBov: 0 is the loudest, 127 silence; -1 when the value is none.
 *
 *     |V|   level     |
 *
 * Source: RFC 6464 section 3.
 */
export function readAudioLevel(bytes: Uint8Array, element: ExtensionElement): number {
  return element.length < 1 ? -1 : bytes[element.offset] & 0x7f;
}

/** V: the sender believes that the packet has voice. */
export function readVoiceActivity(bytes: Uint8Array, element: ExtensionElement): boolean {
  return element.length >= 1 && bytes[element.offset] > 0x7f;
}

/** The value's byte: level in -dBov, 0 to 127, and voice activity. */
export function audioLevelByte(level: number, hasVoice: boolean): number {
  return (hasVoice ? 0x80 : 0) | (level & 0x7f);
}

/** Writes a one-byte-form element with a value of {@link audioLevelByte} and answers where the next one goes. */
export function writeAudioLevel(out: Uint8Array, offset: number, id: number, value: number): number {
  const at = openOneByteElement(out, offset, id, 1);
  out[at] = value;
  return at + 1;
}
