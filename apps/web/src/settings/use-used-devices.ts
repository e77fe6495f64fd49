import type { CaptureKind, Room } from '@rivero/sdk';
import { readonly, ref, type Ref, shallowRef } from 'vue';
import { type Facing, facingOf, otherFacing } from '../devices/facing.ts';
import { replaceDevice, turnCamera } from '../devices/replace-device.ts';
import { type Problem, problemOf } from '../meeting/problem.ts';
import { useRoomEvent } from '../meeting/use-room-event.ts';
import { recall } from '../preferences.ts';

/** Camera and microphone that are used in a room, and others in their place. */
export interface UsedDevices {
  /** Identifiers; undefined: nothing is open, and nothing was chosen. */
  readonly used: Readonly<Ref<Readonly<Record<CaptureKind, string | undefined>>>>;
  readonly facing: Readonly<Ref<Facing>>;
  readonly isChanging: Readonly<Ref<boolean>>;
  /** Why the last choice failed; what was used before goes on. */
  readonly problem: Readonly<Ref<Problem | undefined>>;
  choose(kind: CaptureKind, deviceId: string): Promise<void>;
  /** From the camera at the front of a phone to the one at its back, and back again. */
  turnAround(): Promise<void>;
}

/** `onLater`: the choice is for when it is turned on. */
export function useUsedDevices(room: Readonly<Ref<Room>>, onLater: (kind: CaptureKind) => void): UsedDevices {
  const used = ref<Record<CaptureKind, string | undefined>>({ camera: undefined, microphone: undefined });
  const facing = ref<Facing>('user');
  const isChanging = ref(false);
  const problem = shallowRef<Problem>();

  function openTrack(kind: CaptureKind): MediaStreamTrack | undefined {
    return room.value.localTracks.find(({ source }) => source === kind)?.track;
  }

  function follow(): void {
    const idOf = (kind: CaptureKind): string | undefined => openTrack(kind)?.getSettings().deviceId ?? recall(kind);
    used.value = { camera: idOf('camera'), microphone: idOf('microphone') };
    const camera = openTrack('camera');
    if (camera !== undefined) facing.value = facingOf(camera);
  }

  /** `change` answers whether the device is open. */
  async function apply(kind: CaptureKind, change: () => Promise<boolean>): Promise<void> {
    if (isChanging.value) return;
    isChanging.value = true;
    problem.value = undefined;
    try {
      if (!(await change())) onLater(kind);
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      isChanging.value = false;
      follow();
    }
  }

  follow();
  useRoomEvent(room, 'localTrackChanged', follow);
  return {
    used: readonly(used),
    facing: readonly(facing),
    isChanging: readonly(isChanging),
    problem,
    choose: (kind, deviceId) => apply(kind, () => replaceDevice(room.value, kind, deviceId)),
    turnAround: () => apply('camera', () => turnCamera(room.value, otherFacing(facing.value))),
  };
}
