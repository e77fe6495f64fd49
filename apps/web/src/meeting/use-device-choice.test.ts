import { type CaptureKind, CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import { scene } from './test/fake-room.ts';
import { ann, openPage } from './test/meeting-scene.ts';
import { type DeviceChoice, useDeviceChoice } from './use-device-choice.ts';
import type { Meeting } from './use-meeting.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('./test/fake-room.ts')).fakeSdk,
}));

const video = shallowRef<MediaStreamTrack>();
const sound = shallowRef<MediaStreamTrack>();
const onLater = vi.fn<(kind: CaptureKind) => void>();
let stored: Map<string, string>;
let meeting: Meeting;
let microphone: DeviceChoice;
let camera: DeviceChoice;

function trackOf(deviceId: string): MediaStreamTrack {
  const track: Partial<MediaStreamTrack> = { getSettings: () => ({ deviceId }) };
  return track as MediaStreamTrack;
}

beforeEach(async () => {
  stored = new Map([['rivero.camera', 'c1']]);
  vi.stubGlobal('window', {});
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
  onLater.mockClear();
  video.value = undefined;
  sound.value = trackOf('m1');
  const page = openPage((meeting) => ({
    microphone: useDeviceChoice('microphone', meeting, { own: { video, sound }, onLater }),
    camera: useDeviceChoice('camera', meeting, { own: { video, sound }, onLater }),
  }));
  ({ meeting } = page);
  ({ microphone, camera } = page.inside);
  await meeting.join(ann);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the device in use', () => {
  it('is the one that is open, else the one that was chosen before', async () => {
    expect(microphone.chosen.value).toBe('m1');
    expect(camera.chosen.value).toBe('c1');
    video.value = trackOf('c2');
    await nextTick();
    expect(camera.chosen.value).toBe('c2');
  });

  it('is replaced by exactly the chosen one, which is remembered', async () => {
    await microphone.choose('m2');
    await camera.choose('c3');
    expect(scene.room.calls).toEqual(['replace microphone {"exact":"m2"}', 'replace camera {"exact":"c3"}']);
    expect([microphone.chosen.value, camera.chosen.value]).toEqual(['m2', 'c3']);
    expect([stored.get('rivero.microphone'), stored.get('rivero.camera')]).toEqual(['m2', 'c3']);
  });

  it('is for later where it is off, which is said', async () => {
    scene.room.localTracks = [
      { source: 'microphone', track: trackOf('m1') },
      { source: 'camera', track: undefined },
    ];
    await microphone.choose('m2');
    expect(onLater).not.toHaveBeenCalled();
    await camera.choose('c3');
    expect(onLater).toHaveBeenCalledExactlyOnceWith('camera');
    expect(camera.chosen.value).toBe('c3');
    scene.room.localTracks = [];
    await microphone.choose('m3');
    expect(onLater).toHaveBeenCalledWith('microphone');
  });

  it('stays when the chosen one cannot be opened, with the reason', async () => {
    scene.room.refusal = new CodedError('device-busy', '');
    await microphone.choose('m2');
    expect(microphone.chosen.value).toBe('m1');
    expect(stored.has('rivero.microphone')).toBe(false);
    expect(meeting.problem.value?.code).toBe('device-busy');
  });
});
