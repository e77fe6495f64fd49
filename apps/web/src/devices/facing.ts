/** Which way a camera of a phone looks: at who holds it, or away. */
export type Facing = 'user' | 'environment';

/** Some phones say it in the camera's name alone. */
const back = /\b(?:back|rear|environment)\b|[后後]置/i;

/** Cameras of computers say nothing of it: they look at who sits there. */
export function facingOf(track: MediaStreamTrack): Facing {
  const { facingMode } = track.getSettings();
  const isBack = facingMode === undefined ? back.test(track.label) : facingMode === 'environment';
  return isBack ? 'environment' : 'user';
}

/** One sees oneself as in a mirror, and all else as it is. */
export function isMirrored(track: MediaStreamTrack): boolean {
  return facingOf(track) === 'user';
}

export function otherFacing(facing: Facing): Facing {
  return facing === 'user' ? 'environment' : 'user';
}

/** A finger points here: on phones and tablets cameras are turned around, not chosen by name. */
export function isHandheld(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
