import type { CaptureKind } from '@rivero/sdk';
import { ref, type Ref, watch } from 'vue';
import { replaceDevice } from '../devices/replace-device.ts';
import { recall } from '../preferences.ts';
import type { Meeting } from './use-meeting.ts';
import type { OwnDevices } from './use-own-devices.ts';

/** Which microphone or camera is used, and another one on the fly. */
export interface DeviceChoice {
  /** Undefined: nobody chose, and none is open. */
  readonly chosen: Readonly<Ref<string | undefined>>;
  choose(deviceId: string): Promise<void>;
}

type Devices = Pick<OwnDevices, 'video' | 'sound'>;

export interface DeviceChoiceOptions {
  readonly own: Devices;
  /** The choice is for when it is turned on. */
  readonly onLater: (kind: CaptureKind) => void;
}

export function useDeviceChoice(
  kind: CaptureKind,
  { room, attempt }: Pick<Meeting, 'room' | 'attempt'>,
  { own, onLater }: DeviceChoiceOptions,
): DeviceChoice {
  const chosen = ref<string>();
  const track = kind === 'camera' ? own.video : own.sound;
  watch(track, (open) => (chosen.value = open?.getSettings().deviceId ?? recall(kind)), { immediate: true });

  async function choose(deviceId: string): Promise<void> {
    await attempt(async () => {
      if (room.value === undefined) return;
      const isOpen = await replaceDevice(room.value, kind, deviceId);
      chosen.value = deviceId;
      if (!isOpen) onLater(kind);
    });
  }

  return { chosen, choose };
}
