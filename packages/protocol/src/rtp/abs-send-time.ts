import { type ExtensionElement, openOneByteElement } from './header-extension.ts';

/** When a packet left its sender (webrtc.org, experimental header extension abs-send-time). */
export const absSendTimeUri = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

/** Units of one second: the value has 6 bits of seconds and 18 of fraction, and wraps after 64 s. */
export const absSendTimePerSecond = 1 << 18;

/** The send time in 2^-18 s, 24 bits; -1 when the value is none. */
export function readAbsSendTime(bytes: Uint8Array, element: ExtensionElement): number {
  if (element.length !== 3) return -1;
  const at = element.offset;
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}

/** The 24-bit value of a point in time, given in milliseconds of whatever clock. */
export function absSendTimeFromMs(ms: number): number {
  return Math.floor(((ms % 64_000) / 1000) * absSendTimePerSecond) & 0xffffff;
}

/** The span from one value to another in milliseconds, between -32 s and 32 s. */
export function absSendTimeElapsedMs(from: number, to: number): number {
  return ((((to - from) << 8) >> 8) / absSendTimePerSecond) * 1000;
}

/** Writes a one-byte-form element and answers where the next one goes. */
export function writeAbsSendTime(out: Uint8Array, offset: number, id: number, value: number): number {
  const at = openOneByteElement(out, offset, id, 3);
  out[at] = value >> 16;
  out[at + 1] = value >> 8;
  out[at + 2] = value;
  return at + 3;
}
