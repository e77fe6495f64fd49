import type { CaptureKind, Room } from '@rivero/sdk';
import { remember } from '../preferences.ts';
import { facingConstraints, thisDevice } from './device-wish.ts';
import type { Facing } from './facing.ts';
import { openChosen } from './open-device.ts';

type Devices = Pick<Room, 'localTracks' | 'replaceCamera' | 'replaceMicrophone'>;

/** What is sent of it, and not dark. */
function openTrack(room: Devices, kind: CaptureKind): MediaStreamTrack | undefined {
  return room.localTracks.find(({ source }) => source === kind)?.track;
}

/**
 * Sends this device in place of the one in use, and remembers it: what could not be opened is not tried again next time.
 * Answers whether it is open; of what is off it is only chosen which one is turned on later.
 */
export async function replaceDevice(room: Devices, kind: CaptureKind, deviceId: string): Promise<boolean> {
  const device = thisDevice(kind, deviceId);
  await (kind === 'camera' ? room.replaceCamera(device) : room.replaceMicrophone(device));
  remember(kind, deviceId);
  return openTrack(room, kind) !== undefined;
}

/** The same with the camera of a phone that looks this way. */
export async function turnCamera(room: Devices, facing: Facing): Promise<boolean> {
  await room.replaceCamera(facingConstraints(facing));
  const deviceId = openTrack(room, 'camera')?.getSettings().deviceId;
  if (deviceId !== undefined) remember('camera', deviceId);
  return deviceId !== undefined;
}

/** Sends the chosen device anew, or whichever the browser takes; it may ask the person. */
export async function reopenDevice(room: Devices, kind: CaptureKind): Promise<void> {
  await openChosen(kind, (device) => (kind === 'camera' ? room.replaceCamera(device) : room.replaceMicrophone(device)));
}
