import { type CaptureKind, CodedError } from '@rivero/sdk';
import { anyDevice, chosenDevice } from './device-wish.ts';

/** What to have camera and microphone from: an open track, a device to open, or nothing. */
export type DeviceWishes = Readonly<Record<CaptureKind, MediaStreamTrack | MediaTrackConstraints | false>>;

function isNamed(wish: DeviceWishes[CaptureKind]): boolean {
  return wish !== false && 'deviceId' in wish;
}

function isGone(error: unknown, kind: CaptureKind): boolean {
  if (!(error instanceof CodedError) || !['device-unsuitable', 'device-missing'].includes(error.code)) return false;
  return error.context['kind'] === kind;
}

/** Opens what is wished; named devices that are gone give way to whichever the browser takes. */
export async function openWished<Wish extends DeviceWishes, Opened>(
  wish: Wish,
  open: (wish: Wish) => Promise<Opened>,
): Promise<Opened> {
  try {
    return await open(wish);
  } catch (error) {
    const gone = (['camera', 'microphone'] as const).find((kind) => isNamed(wish[kind]) && isGone(error, kind));
    if (gone === undefined) throw error;
    return await openWished({ ...wish, [gone]: anyDevice(gone) }, open);
  }
}

/** Opens one device, the chosen one where it is there. */
export async function openChosen<Opened>(
  kind: CaptureKind,
  open: (device: MediaTrackConstraints) => Promise<Opened>,
  chosen: MediaTrackConstraints = chosenDevice(kind),
): Promise<Opened> {
  const none: Record<CaptureKind, MediaTrackConstraints | false> = { camera: false, microphone: false };
  return await openWished({ ...none, [kind]: chosen }, (wish) => open(wish[kind] || anyDevice(kind)));
}
