import { type ExtensionElement, openOneByteElement } from './header-extension.ts';

/** How a receiver turns the picture: coordination of video orientation, CVO (3GPP TS 26.114 section 7.4.5). */
export const videoOrientationUri = 'urn:3gpp:video-orientation';

export interface VideoOrientation {
  /** Degrees that the receiver turns the picture clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Mirrored left to right. */
  readonly isFlipped: boolean;
  /** Taken by the camera that looks away from the user. */
  readonly isBackCamera: boolean;
}

const rotations = [0, 90, 180, 270] as const;

/**
 * The orientation; `undefined` when the value is none.
 *
 *     |0|0|0|0|C|F|R1|R0|
 *
 * Source: 3GPP TS 26.114 section 7.4.5.
 */
export function readVideoOrientation(bytes: Uint8Array, element: ExtensionElement): VideoOrientation | undefined {
  if (element.length < 1) return undefined;
  const value = bytes[element.offset];
  return { rotation: rotations[value & 3], isFlipped: (value & 4) !== 0, isBackCamera: (value & 8) !== 0 };
}

/** Writes a one-byte-form element and answers where the next one goes. */
export function writeVideoOrientation(out: Uint8Array, offset: number, id: number, value: VideoOrientation): number {
  const at = openOneByteElement(out, offset, id, 1);
  out[at] = rotations.indexOf(value.rotation) | (value.isFlipped ? 4 : 0) | (value.isBackCamera ? 8 : 0);
  return at + 1;
}
