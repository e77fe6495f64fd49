import { computed, onMounted, type Ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { type DeviceList, useDeviceList } from '../devices/use-device-list.ts';
import { notify } from '../ui/notices.ts';
import { type PreviewDevice, usePreviewDevice } from './use-preview-device.ts';

/** Camera and microphone before the meeting, with the lists to choose from. */
export interface PreviewDevices {
  readonly camera: PreviewDevice;
  readonly microphone: PreviewDevice;
  readonly both: readonly [PreviewDevice, PreviewDevice];
  readonly list: DeviceList;
  /** Nothing was opened yet, and nothing failed: the person was not asked. */
  readonly isUntried: Readonly<Ref<boolean>>;
  /** The browser may ask. */
  open(devices: readonly PreviewDevice[]): Promise<void>;
  /** Opens what needs no question. */
  openAllowed(): Promise<void>;
  choose(device: PreviewDevice, deviceId: string): Promise<void>;
  /** The camera of the other side; where cameras do not say where they look, the next one. */
  turnAround(): Promise<void>;
}

export function usePreviewDevices(): PreviewDevices {
  const { t } = useI18n();
  const camera = usePreviewDevice('camera');
  const microphone = usePreviewDevice('microphone');
  const both = [camera, microphone] as const;
  const list = useDeviceList(followPlugs);

  const isUntried = computed(() =>
    both.every(({ track, problem, isOpening }) => !track.value && !problem.value && !isOpening.value),
  );

  /** Names of devices are told only once one was opened. */
  async function open(devices: readonly PreviewDevice[]): Promise<void> {
    for (const device of devices) await device.open();
    await list.refresh();
  }

  async function openAllowed(): Promise<void> {
    await Promise.all(both.map((device) => device.openIfAllowed()));
    await list.refresh();
  }

  function followPlugs(added: readonly MediaDeviceInfo[]): void {
    // A headset is two devices of one name.
    for (const label of new Set(added.map((device) => device.label))) notify(t('prejoin.pluggedIn', { device: label }));
    for (const device of both) {
      if (device.problem.value === 'missing' || device.problem.value === 'lost') void device.open();
    }
  }

  /** Falls back on another one when the chosen one is pulled out. */
  function followLoss(device: PreviewDevice): void {
    let last = '';
    watch(device.track, (track) => {
      if (track !== undefined) last = track.label;
    });
    watch(device.problem, async (problem) => {
      if (problem !== 'lost') return;
      const before = last;
      await list.refresh();
      const isAnotherThere = (device.kind === 'camera' ? list.cameras : list.microphones).value.length > 0;
      if (!isAnotherThere) return;
      await device.open();
      const now = device.track.value?.label;
      if (now !== undefined && now !== before) notify(t('prejoin.fellBack', { before, now }));
    });
  }

  async function choose(device: PreviewDevice, deviceId: string): Promise<void> {
    await device.choose(deviceId);
    await list.refresh();
  }

  async function turnAround(): Promise<void> {
    const { deviceId, facingMode } = camera.track.value?.getSettings() ?? {};
    const cameras = list.cameras.value;
    const next = cameras[(cameras.findIndex((each) => each.deviceId === deviceId) + 1) % cameras.length];
    if (facingMode === undefined && next !== undefined) await camera.choose(next.deviceId);
    else await camera.turnAround();
    await list.refresh();
  }

  both.forEach(followLoss);
  onMounted(openAllowed);
  return { camera, microphone, both, list, isUntried, open, openAllowed, choose, turnAround };
}
