import type { CaptureKind } from '@rivero/sdk';
import { readonly, ref, type Ref, watch } from 'vue';
import { reopenDevice, replaceDevice } from '../../devices/replace-device.ts';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** Devices that went while they were in use. */
export interface LostDevices {
  readonly lost: Readonly<Ref<readonly CaptureKind[]>>;
  /** Sends this one in place of the one that went. */
  replace(kind: CaptureKind, deviceId: string): Promise<void>;
  /** Sends it again, or another one, now that it may be used. */
  retry(kind: CaptureKind): Promise<void>;
  dismiss(kind: CaptureKind): void;
}

/** Follows the devices that we publish; one that is there again, or was turned off, is not lost any more. */
export function useLostDevices({ room, attempt }: Pick<Meeting, 'room' | 'attempt'>): LostDevices {
  const lost = ref<readonly CaptureKind[]>([]);

  function dismiss(kind: CaptureKind): void {
    lost.value = lost.value.filter((other) => other !== kind);
  }

  useRoomEvent(room, 'error', ({ code, context }) => {
    const { source } = context;
    if (code !== 'device-lost' || (source !== 'camera' && source !== 'microphone')) return;
    if (!lost.value.includes(source)) lost.value = [...lost.value, source];
  });
  useRoomEvent(room, 'localTrackChanged', (changed) => {
    const { source, track, muted } = changed;
    const isLive = track?.readyState === 'live';
    if ((source === 'camera' || source === 'microphone') && (isLive || muted)) dismiss(source);
  });
  watch(room, () => (lost.value = []));

  async function replace(kind: CaptureKind, deviceId: string): Promise<void> {
    await attempt(async () => {
      if (room.value !== undefined) await replaceDevice(room.value, kind, deviceId);
    });
  }

  async function retry(kind: CaptureKind): Promise<void> {
    await attempt(async () => {
      if (room.value !== undefined) await reopenDevice(room.value, kind);
    });
  }

  return { lost: readonly(lost), replace, retry, dismiss };
}
