import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from './test/fake-room.ts';
import { ann, openPage } from './test/meeting-scene.ts';
import type { Meeting } from './use-meeting.ts';
import { type OwnDevices, useOwnDevices } from './use-own-devices.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('./test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let own: OwnDevices;

beforeEach(() => {
  vi.stubGlobal('window', {});
  ({ meeting, inside: own } = openPage(useOwnDevices));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('our own devices', () => {
  it('joined without a camera opens the chosen one when it is turned on', async () => {
    vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'rivero.camera' ? 'c2' : null) });
    await meeting.join({ ...ann, camera: false, microphone: false });
    await own.setCameraOn(true);
    await own.setMicrophoneOn(true);
    expect(scene.room.calls).toEqual(['publish {"exact":"c2"}', 'publish microphone']);
  });

  it('open another camera where the chosen one is gone', async () => {
    vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'rivero.camera' ? 'c2' : null), setItem() {} });
    const asked: unknown[] = [];
    await meeting.join({ ...ann, camera: false });
    scene.room.publishCamera = async ({ deviceId }) => {
      asked.push(deviceId);
      if (deviceId !== undefined) throw new CodedError('device-unsuitable', '', { kind: 'camera' });
    };
    await own.setCameraOn(true);
    expect(asked).toEqual([{ exact: 'c2' }, undefined]);
    expect(meeting.problem.value).toBe(undefined);
  });

  it('says which devices are missing until they are there', async () => {
    scene.room.missing = ['camera'];
    await meeting.join(ann);
    expect(own.missing.value).toEqual(['camera']);
    expect(meeting.problem.value).toBe(undefined);
    scene.room.missing = [];
    scene.room.fire('localTrackChanged');
    expect(own.missing.value).toEqual([]);
  });

  it('toggles what is on to off and back', async () => {
    scene.room.localTracks = [
      { source: 'camera', muted: false, track: undefined },
      { source: 'microphone', muted: true, track: undefined },
    ];
    await meeting.join(ann);
    expect([own.isCameraOn.value, own.isMicrophoneOn.value]).toEqual([true, false]);
    await own.setCameraOn(false);
    expect(own.isCameraOn.value).toBe(false);
    await own.setMicrophoneOn(true);
    await own.setCameraOn(true);
    expect(scene.room.calls).toEqual(['camera off', 'microphone on', 'camera on']);
  });
});

describe('our own screen', () => {
  it('is ours by a button, with its sound, and ends by the same button or by the browser', async () => {
    await meeting.join(ann);
    await own.setSharing(true);
    expect(own.isSharing.value).toBe(true);
    await own.setSharing(false);
    expect(scene.room.calls).toEqual(['share {"audio":true}', 'share no more']);
    await own.setSharing(true);
    scene.room.localTracks = [];
    scene.room.fire('localTrackChanged');
    expect(own.isSharing.value).toBe(false);
  });

  it('cannot be ours in a browser without such a thing', () => {
    expect(own.canShare).toBe(false);
  });
});
