import { type CaptureKind, isScreenSupported, type PublishedTrack } from '@rivero/sdk';
import { readonly, ref, type Ref, shallowRef, watch } from 'vue';
import { openChosen } from '../devices/open-device.ts';
import { remember } from '../preferences.ts';
import type { Meeting } from './use-meeting.ts';
import { useRoomEvent } from './use-room-event.ts';

/** Our own camera, microphone and screen in the meeting. */
export interface OwnDevices {
  /** The picture of the camera; undefined while it is off, and when it was pulled out. */
  readonly video: Readonly<Ref<MediaStreamTrack | undefined>>;
  /** What is published of the microphone, muted or not. */
  readonly sound: Readonly<Ref<MediaStreamTrack | undefined>>;
  /** Devices that were asked for and are not there. */
  readonly missing: Readonly<Ref<readonly CaptureKind[]>>;
  readonly isMicrophoneOn: Readonly<Ref<boolean>>;
  readonly isCameraOn: Readonly<Ref<boolean>>;
  readonly isSharing: Readonly<Ref<boolean>>;
  /** This browser can share a screen. */
  readonly canShare: boolean;
  setMicrophoneOn(on: boolean): Promise<void>;
  setCameraOn(on: boolean): Promise<void>;
  setSharing(on: boolean): Promise<void>;
}

export function useOwnDevices({ room, attempt }: Pick<Meeting, 'room' | 'attempt'>): OwnDevices {
  const video = shallowRef<MediaStreamTrack>();
  const sound = shallowRef<MediaStreamTrack>();
  const missing = shallowRef<readonly CaptureKind[]>([]);
  const isMicrophoneOn = ref(false);
  const isCameraOn = ref(false);
  const isSharing = ref(false);

  function own(source: string): PublishedTrack | undefined {
    return room.value?.localTracks.find((track) => track.source === source);
  }

  function follow(): void {
    const camera = own('camera');
    const microphone = own('microphone');
    // What was pulled out shows nothing any more.
    video.value = camera?.track?.readyState === 'ended' ? undefined : camera?.track;
    sound.value = microphone?.track;
    missing.value = room.value?.missing ?? [];
    isCameraOn.value = camera !== undefined && !camera.muted;
    isMicrophoneOn.value = microphone !== undefined && !microphone.muted;
    isSharing.value = own('screen') !== undefined;
  }

  watch(room, follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, 'localTrackChanged', follow);
  useRoomEvent(room, 'error', ({ code }) => code === 'device-lost' && follow());

  /** Who joined without gets the device that was chosen before; who comes again comes as now. */
  async function turn(kind: CaptureKind, on: boolean): Promise<void> {
    const isCamera = kind === 'camera';
    if (own(kind) !== undefined || !on) {
      await (isCamera ? room.value?.setCameraMuted(!on) : room.value?.setMicrophoneMuted(!on));
    } else {
      await openChosen(kind, async (device) => {
        await (isCamera ? room.value?.publishCamera(device) : room.value?.publishMicrophone(device));
      });
    }
    remember(`${kind}Use`, on ? 'on' : 'off');
  }

  async function tried(action: () => Promise<void> | undefined): Promise<void> {
    await attempt(action);
    follow();
  }

  return {
    video,
    sound,
    missing,
    isMicrophoneOn: readonly(isMicrophoneOn),
    isCameraOn: readonly(isCameraOn),
    isSharing: readonly(isSharing),
    canShare: isScreenSupported(),
    setMicrophoneOn: (on) => tried(() => turn('microphone', on)),
    setCameraOn: (on) => tried(() => turn('camera', on)),
    setSharing: (on) => tried(() => (on ? room.value?.publishScreen({ audio: true }) : room.value?.unpublishScreen())),
  };
}
