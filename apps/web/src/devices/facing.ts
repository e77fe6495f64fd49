/** Which way a camera of a phone looks: at who holds it, or away. */
export type Facing = 'user' | 'environment';

/** Cameras of computers say nothing of it: they look at who sits there. */
export function facingOf(track: MediaStreamTrack): Facing {
  return track.getSettings().facingMode === 'environment' ? 'environment' : 'user';
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
