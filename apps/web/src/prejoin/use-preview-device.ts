import { capture, type CaptureKind, CodedError } from '@rivero/sdk';
import { onBeforeUnmount, readonly, ref, type Ref, shallowRef } from 'vue';
import { deviceConstraints, isWanted } from '../devices/device-wish.ts';
import { remember } from '../preferences.ts';

/** Why there is no picture or sound, in words of the page. */
export type DeviceProblem =
  | 'denied'
  | 'dismissed'
  | 'denied-by-system'
  | 'missing'
  | 'busy'
  | 'unsuitable'
  | 'insecure'
  | 'lost'
  | 'failed';

/** Camera or microphone before the meeting. */
export interface PreviewDevice {
  readonly kind: CaptureKind;
  readonly track: Readonly<Ref<MediaStreamTrack | undefined>>;
  readonly problem: Readonly<Ref<DeviceProblem | undefined>>;
  readonly isOpening: Readonly<Ref<boolean>>;
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
  /**
   * What to join with. An open track is given away: from then on whoever has it stops it. A device that was not found
   * is looked for once more. False: join without.
   */
  handOver(): MediaStreamTrack | MediaTrackConstraints | false;
}

async function permissionState(kind: CaptureKind): Promise<PermissionState> {
  try {
    const { state } = await navigator.permissions.query({ name: kind });
    return state;
  } catch {
    // A browser that does not tell is asked.
    return 'prompt';
  }
}

async function problemOf(kind: CaptureKind, error: unknown): Promise<DeviceProblem> {
  if (!(error instanceof CodedError)) return 'failed';
  switch (error.code) {
    case 'permission-denied':
      if (error.context['by'] === 'system') return 'denied-by-system';
      return (await permissionState(kind)) === 'prompt' ? 'dismissed' : 'denied';
    case 'device-missing':
      return 'missing';
    case 'device-busy':
      return 'busy';
    case 'device-unsuitable':
      return 'unsuitable';
    case 'insecure-context':
      return 'insecure';
    default:
      return 'failed';
  }
}

/** Camera or microphone before the meeting; what is open when the page is left is closed. */
export function usePreviewDevice(kind: CaptureKind): PreviewDevice {
  const track = shallowRef<MediaStreamTrack>();
  const problem = ref<DeviceProblem>();
  const isOpening = ref(false);
  const isOn = ref(isWanted(kind));
  /** Another opening, or closing, makes what is still being opened useless. */
  let turn = 0;
  let opening = Promise.resolve();
  let isGone = false;

  function close(): void {
    turn++;
    track.value?.stop();
    track.value = undefined;
    isOpening.value = false;
  }

  function openAnew(): Promise<void> {
    opening = openNow();
    return opening;
  }

  async function openNow(): Promise<void> {
    close();
    if (isGone) return;
    const own = turn;
    problem.value = undefined;
    isOpening.value = true;
    try {
      const opened = await capture(kind, deviceConstraints(kind));
      if (own !== turn) return opened.stop();
      opened.addEventListener('ended', () => {
        if (track.value !== opened) return;
        track.value = undefined;
        problem.value = 'lost';
      });
      track.value = opened;
    } catch (error) {
      const next = await problemOf(kind, error);
      if (own === turn) problem.value = next;
    } finally {
      if (own === turn) isOpening.value = false;
    }
  }

  async function open(): Promise<void> {
    if (isOpening.value) return await opening;
    if (isOn.value && track.value === undefined) await openAnew();
  }

  async function openIfAllowed(): Promise<void> {
    if (!globalThis.isSecureContext || navigator.mediaDevices === undefined) {
      problem.value = 'insecure';
      return;
    }
    const own = turn;
    const state = await permissionState(kind);
    if (own !== turn) return;
    if (state === 'denied') problem.value = 'denied';
    if (state === 'granted') await open();
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
    remember(kind, deviceId);
    if (isOn.value) await openAnew();
  }

  function handOver(): MediaStreamTrack | MediaTrackConstraints | false {
    turn++;
    isOpening.value = false;
    const given = track.value;
    track.value = undefined;
    return given ?? (problem.value === 'missing' && deviceConstraints(kind));
  }

  onBeforeUnmount(() => {
    isGone = true;
    close();
  });

  return {
    kind,
    track,
    problem: readonly(problem),
    isOpening: readonly(isOpening),
    isOn: readonly(isOn),
    openIfAllowed,
    open,
    turnOn,
    turnOff,
    choose,
    handOver,
  };
}
