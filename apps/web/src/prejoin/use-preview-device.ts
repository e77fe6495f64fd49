import { capture, type CaptureKind } from '@rivero/sdk';
import { onBeforeUnmount, readonly, ref, type Ref, shallowRef } from 'vue';
import { type DeviceProblem, devicePermission, deviceProblemOf } from '../devices/device-problem.ts';
import { anyDevice, facingConstraints, isWanted, thisDevice } from '../devices/device-wish.ts';
import { facingOf, otherFacing } from '../devices/facing.ts';
import { openChosen } from '../devices/open-device.ts';
import { recall, remember } from '../preferences.ts';

/** Camera or microphone before the meeting. */
export interface PreviewDevice {
  readonly kind: CaptureKind;
  readonly track: Readonly<Ref<MediaStreamTrack | undefined>>;
  readonly problem: Readonly<Ref<DeviceProblem | undefined>>;
  readonly isOpening: Readonly<Ref<boolean>>;
  /** The identifier of what was chosen, here or before. */
  readonly chosen: Readonly<Ref<string | undefined>>;
  /** To be joined with. */
  readonly isOn: Readonly<Ref<boolean>>;
  /** Opens it when that asks the person nothing, or tells why it cannot be opened. */
  openIfAllowed(): Promise<void>;
  /** Opens it if it is on and not open yet; the browser may ask the person. */
  open(): Promise<void>;
  turnOn(): Promise<void>;
  /** Its light goes off. */
  turnOff(): void;
  choose(deviceId: string): Promise<void>;
  /** The camera that looks the other way, on a phone. */
  turnAround(): Promise<void>;
  /**
   * What to join with. An open track is given away: from then on whoever has it stops it. A device that was not found
   * is looked for once more. False: join without.
   */
  handOver(): MediaStreamTrack | MediaTrackConstraints | false;
}

/** Camera or microphone before the meeting; what is open when the page is left is closed. */
export function usePreviewDevice(kind: CaptureKind): PreviewDevice {
  const track = shallowRef<MediaStreamTrack>();
  const problem = ref<DeviceProblem>();
  const isOpening = ref(false);
  const isOn = ref(isWanted(kind));
  const chosen = ref(recall(kind));
  /** Another opening, or closing, makes what is still being opened useless. */
  let turn = 0;
  let opening = Promise.resolve();
  let isGone = false;
  let permission: PermissionStatus | undefined;

  function close(): void {
    turn++;
    track.value?.stop();
    track.value = undefined;
    isOpening.value = false;
  }

  async function openWanted(): Promise<MediaStreamTrack> {
    const { value: deviceId } = chosen;
    const wanted = deviceId === undefined ? anyDevice(kind) : thisDevice(kind, deviceId);
    return await openChosen(kind, (device) => capture(kind, device), wanted);
  }

  function openAnew(openTrack = openWanted): Promise<void> {
    opening = openNow(openTrack);
    return opening;
  }

  async function openNow(openTrack: () => Promise<MediaStreamTrack>): Promise<void> {
    close();
    if (isGone) return;
    const own = turn;
    problem.value = undefined;
    isOpening.value = true;
    try {
      const opened = await openTrack();
      if (own !== turn) return opened.stop();
      opened.addEventListener('ended', () => {
        if (track.value !== opened) return;
        track.value = undefined;
        problem.value = 'lost';
      });
      track.value = opened;
    } catch (error) {
      const next = deviceProblemOf(error, (await devicePermission(kind))?.state);
      if (own === turn) problem.value = next;
    } finally {
      if (own === turn) isOpening.value = false;
    }
  }

  async function open(): Promise<void> {
    if (isOpening.value) return await opening;
    if (isOn.value && track.value === undefined) await openAnew();
  }

  /** What is allowed or forbidden beside the address, while the page is open, counts at once. */
  async function followPermission(): Promise<void> {
    if (isGone || track.value !== undefined || !isOn.value) return;
    if (permission?.state === 'prompt' && problem.value === 'denied') problem.value = undefined;
    if (permission?.state === 'granted') await openAnew();
  }

  async function openIfAllowed(): Promise<void> {
    if (!globalThis.isSecureContext || navigator.mediaDevices === undefined) {
      problem.value = globalThis.isSecureContext ? 'unsupported' : 'insecure';
      return;
    }
    const own = turn;
    if (permission === undefined) {
      permission = await devicePermission(kind);
      if (isGone) return;
      permission?.addEventListener('change', followPermission);
    }
    if (own !== turn || !isOn.value) return;
    if (permission?.state === 'denied') problem.value = 'denied';
    if (permission?.state === 'granted') await open();
  }

  async function turnOn(): Promise<void> {
    isOn.value = true;
    remember(`${kind}Use`, 'on');
    await open();
  }

  function turnOff(): void {
    isOn.value = false;
    remember(`${kind}Use`, 'off');
    problem.value = undefined;
    close();
  }

  async function choose(deviceId: string): Promise<void> {
    chosen.value = deviceId;
    if (isOn.value) await openAnew();
    // What could not be opened is not tried again next time.
    if (!isOn.value || track.value?.getSettings().deviceId === deviceId) remember(kind, deviceId);
  }

  async function turnAround(): Promise<void> {
    const { value: camera } = track;
    if (camera === undefined) return;
    const constraints = facingConstraints(otherFacing(facingOf(camera)));
    await openAnew(() => capture(kind, constraints));
    const deviceId = track.value?.getSettings().deviceId;
    if (deviceId === undefined) return;
    chosen.value = deviceId;
    remember(kind, deviceId);
  }

  function handOver(): MediaStreamTrack | MediaTrackConstraints | false {
    turn++;
    isOpening.value = false;
    const given = track.value;
    track.value = undefined;
    return given ?? (problem.value === 'missing' && anyDevice(kind));
  }

  onBeforeUnmount(() => {
    isGone = true;
    permission?.removeEventListener('change', followPermission);
    close();
  });

  return {
    kind,
    track,
    problem: readonly(problem),
    isOpening: readonly(isOpening),
    chosen: readonly(chosen),
    isOn: readonly(isOn),
    openIfAllowed,
    open,
    turnOn,
    turnOff,
    choose,
    turnAround,
    handOver,
  };
}
