import { onBeforeUnmount, onMounted, shallowRef, type Ref } from 'vue';

/** The devices as the browser lists them; those without a name are not there: nobody could choose. */
export interface DeviceList {
  readonly cameras: Readonly<Ref<readonly MediaDeviceInfo[]>>;
  readonly microphones: Readonly<Ref<readonly MediaDeviceInfo[]>>;
  /** Empty where the browser lets no page choose. */
  readonly speakers: Readonly<Ref<readonly MediaDeviceInfo[]>>;
  /** Looks again, as after a permission. */
  refresh(): Promise<void>;
}

/** Follows what is plugged in and pulled out while the page is open; `onChange` is called after each such look. */
export function useDeviceList(onChange: () => void): DeviceList {
  const cameras = shallowRef<readonly MediaDeviceInfo[]>([]);
  const microphones = shallowRef<readonly MediaDeviceInfo[]>([]);
  const speakers = shallowRef<readonly MediaDeviceInfo[]>([]);
  const { mediaDevices } = navigator;

  async function refresh(): Promise<void> {
    // A browser that lists nothing leaves nothing to choose.
    const all = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const named = (kind: MediaDeviceKind): readonly MediaDeviceInfo[] =>
      all.filter((device) => device.kind === kind && device.deviceId !== '' && device.label !== '');
    cameras.value = named('videoinput');
    microphones.value = named('audioinput');
    speakers.value = 'setSinkId' in HTMLMediaElement.prototype ? named('audiooutput') : [];
  }

  async function follow(): Promise<void> {
    await refresh();
    onChange();
  }

  onMounted(() => {
    mediaDevices?.addEventListener('devicechange', follow);
    return refresh();
  });
  onBeforeUnmount(() => mediaDevices?.removeEventListener('devicechange', follow));
  return { cameras, microphones, speakers, refresh };
}
