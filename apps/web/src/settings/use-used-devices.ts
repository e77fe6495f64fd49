import type { CaptureKind, Room } from '@rivero/sdk';
import { readonly, ref, type Ref, shallowRef } from 'vue';
import { facingConstraints, thisDevice } from '../devices/device-wish.ts';
import { type Facing, facingOf, otherFacing } from '../devices/facing.ts';
import { type Problem, problemOf } from '../meeting/problem.ts';
import { useRoomEvent } from '../meeting/use-room-event.ts';
import { recall, remember } from '../preferences.ts';

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

export function useUsedDevices(room: Readonly<Ref<Room>>): UsedDevices {
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

  /** `chosen`: which device it is then. What could not be opened is not tried again next time. */
  async function replace(
    kind: CaptureKind,
    device: MediaTrackConstraints,
    chosen: () => string | undefined,
  ): Promise<void> {
    if (isChanging.value) return;
    isChanging.value = true;
    problem.value = undefined;
    try {
      await (kind === 'camera' ? room.value.replaceCamera(device) : room.value.replaceMicrophone(device));
      const deviceId = chosen();
      if (deviceId !== undefined) remember(kind, deviceId);
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
    choose: (kind, deviceId) => replace(kind, thisDevice(kind, deviceId), () => deviceId),
    turnAround: () =>
      replace(
        'camera',
        facingConstraints(otherFacing(facing.value)),
        () => openTrack('camera')?.getSettings().deviceId,
      ),
  };
}
