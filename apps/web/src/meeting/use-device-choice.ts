import type { CaptureKind } from '@rivero/sdk';
import { ref, type Ref, watch } from 'vue';
import { thisDevice } from '../devices/device-wish.ts';
import { recall, remember } from '../preferences.ts';
import type { Meeting } from './use-meeting.ts';
import type { OwnDevices } from './use-own-devices.ts';

/** Which microphone or camera is used, and another one on the fly. */
export interface DeviceChoice {
  /** Undefined: nobody chose, and none is open. */
  readonly chosen: Readonly<Ref<string | undefined>>;
  choose(deviceId: string): Promise<void>;
}

type Devices = Pick<OwnDevices, 'video' | 'sound'>;

export function useDeviceChoice(
  kind: CaptureKind,
  { room, attempt }: Pick<Meeting, 'room' | 'attempt'>,
  { video, sound }: Devices,
): DeviceChoice {
  const chosen = ref<string>();
  const track = kind === 'camera' ? video : sound;
  watch(track, (open) => (chosen.value = open?.getSettings().deviceId ?? recall(kind)), { immediate: true });

  async function choose(deviceId: string): Promise<void> {
    await attempt(async () => {
      const source = thisDevice(kind, deviceId);
      await (kind === 'camera' ? room.value?.replaceCamera(source) : room.value?.replaceMicrophone(source));
      // What could not be opened is not tried again next time.
      remember(kind, deviceId);
      chosen.value = deviceId;
    });
  }

  return { chosen, choose };
}
