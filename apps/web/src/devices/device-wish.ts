import type { CaptureKind } from '@rivero/sdk';
import type { Facing } from './facing.ts';
import { recall } from '../preferences.ts';

/** The picture that is asked for: good on a laptop's screen, cheap enough for a phone. */
const picture: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const sound: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Whichever device the browser takes. */
export function anyDevice(kind: CaptureKind): MediaTrackConstraints {
  return kind === 'camera' ? picture : sound;
}

/** This device and no other. Browsers weigh a mere wish against the size of the picture. */
export function thisDevice(kind: CaptureKind, deviceId: string): MediaTrackConstraints {
  return { ...anyDevice(kind), deviceId: { exact: deviceId } };
}

/** The device that was chosen before and no other; where none was, whichever the browser takes. */
export function chosenDevice(kind: CaptureKind): MediaTrackConstraints {
  const deviceId = recall(kind);
  return deviceId === undefined ? anyDevice(kind) : thisDevice(kind, deviceId);
}

/** The camera of a phone that looks that way, whichever was chosen before. */
export function facingConstraints(facing: Facing): MediaTrackConstraints {
  return { ...picture, facingMode: { ideal: facing } };
}

/** Whether to join with it: on, unless it was turned off last time. */
export function isWanted(kind: CaptureKind): boolean {
  return recall(`${kind}Use`) !== 'off';
}

/** What to join with when there was no preview. */
export function deviceWish(kind: CaptureKind): MediaTrackConstraints | false {
  return isWanted(kind) && chosenDevice(kind);
}
