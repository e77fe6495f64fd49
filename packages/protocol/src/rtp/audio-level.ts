import { openOneByteElement } from './header-extension.ts';

/** The level of silence, in -dBov. */
export const audioLevelSilence = 127;

/**
 * The value: V, the sender believes that the packet has voice, and the level in -dBov, 0 (the loudest) to 127.
 *
 *     |V|   level     |
 *
 * Source: RFC 6464 section 3.
 */
export function audioLevelByte(level: number, hasVoice: boolean): number {
  return (hasVoice ? 0x80 : 0) | (level & 0x7f);
}

/** Writes a one-byte-form element with a value of {@link audioLevelByte} and answers where the next one goes. */
export function writeAudioLevel(out: Uint8Array, offset: number, id: number, value: number): number {
  const at = openOneByteElement(out, offset, id, 1);
  out[at] = value;
  return at + 1;
}
