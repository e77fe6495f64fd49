import type { CaptureKind } from '@rivero/sdk';
import type { Facing } from './facing.ts';
import { recall } from '../preferences.ts';

/** The picture that is asked for: good on a laptop's screen, cheap enough for a phone. */
const picture: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const sound: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What to open: the chosen device where it is there, else whichever the browser takes. */
export function deviceConstraints(kind: CaptureKind): MediaTrackConstraints {
  const deviceId = recall(kind);
  const device = deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
  return { ...(kind === 'camera' ? picture : sound), ...device };
}

/** The chosen device and no other; undefined: none was chosen. Browsers weigh a mere wish against the size of the picture. */
export function chosenDeviceConstraints(kind: CaptureKind): MediaTrackConstraints | undefined {
  const deviceId = recall(kind);
  return deviceId === undefined ? undefined : { ...deviceConstraints(kind), deviceId: { exact: deviceId } };
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
  return isWanted(kind) && deviceConstraints(kind);
}
