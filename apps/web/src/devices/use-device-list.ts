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

/** What is there now and was not before; nothing as long as there were none: then it was the names that came. */
export function addedDevices(
  before: readonly MediaDeviceInfo[],
  now: readonly MediaDeviceInfo[],
): readonly MediaDeviceInfo[] {
  if (before.length === 0) return [];
  return now.filter(({ deviceId }) => before.every((device) => device.deviceId !== deviceId));
}

/** Follows what is plugged in and pulled out while the page is open; `onChange` is called after each such look. */
export function useDeviceList(onChange: (added: readonly MediaDeviceInfo[]) => void): DeviceList {
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
    const before = [cameras.value, microphones.value, speakers.value];
    await refresh();
    const now = [cameras.value, microphones.value, speakers.value];
    onChange(now.flatMap((devices, index) => addedDevices(before[index] ?? [], devices)));
  }

  onMounted(() => {
    mediaDevices?.addEventListener('devicechange', follow);
    return refresh();
  });
  onBeforeUnmount(() => mediaDevices?.removeEventListener('devicechange', follow));
  return { cameras, microphones, speakers, refresh };
}
