import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type LostDevices, useLostDevices } from './use-lost-devices.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let devices: LostDevices;

beforeEach(async () => {
  vi.stubGlobal('window', {});
  ({ meeting, inside: devices } = openPage(useLostDevices));
  await meeting.join(ann);
});

afterEach(() => vi.unstubAllGlobals());

function lose(source: string): void {
  scene.room.fire('error', new CodedError('device-lost', '', { source }));
}

describe('a device that goes in the middle of the meeting', () => {
  it('is lost once, until another one is sent in its place', () => {
    lose('camera');
    lose('camera');
    lose('microphone');
    expect(devices.lost.value).toEqual(['camera', 'microphone']);
    scene.room.fire('localTrackChanged', { source: 'camera', muted: false, track: { readyState: 'ended' } });
    expect(devices.lost.value).toEqual(['camera', 'microphone']);
    scene.room.fire('localTrackChanged', { source: 'camera', muted: false, track: { readyState: 'live' } });
    expect(devices.lost.value).toEqual(['microphone']);
  });

  it('is nobody’s loss when it is turned off, or the note is put away', () => {
    lose('camera');
    scene.room.fire('localTrackChanged', { source: 'camera', muted: true, track: undefined });
    expect(devices.lost.value).toEqual([]);
    lose('microphone');
    devices.dismiss('microphone');
    expect(devices.lost.value).toEqual([]);
  });

  it('is replaced by the one that is chosen, which is remembered once it is open', async () => {
    const remembered: unknown[] = [];
    vi.stubGlobal('localStorage', { setItem: (...entry: unknown[]) => remembered.push(entry) });
    const asked: unknown[] = [];
    Object.assign(scene.room, { replaceCamera: async (device: unknown) => void asked.push(device) });
    await devices.replace('camera', 'c2');
    expect(asked).toMatchObject([{ deviceId: { exact: 'c2' }, height: { ideal: 720 } }]);
    expect(remembered).toEqual([['rivero.camera', 'c2']]);
    scene.room.refusal = new CodedError('device-busy', '');
    await devices.replace('microphone', 'm2');
    expect(meeting.problem.value?.code).toBe('device-busy');
    expect(remembered).toHaveLength(1);
  });

  it('is opened again when it may be used again, and whichever there is where the chosen one is gone', async () => {
    vi.stubGlobal('localStorage', { getItem: () => 'c1' });
    const asked: unknown[] = [];
    const replaceCamera = async (device: object): Promise<void> => {
      asked.push(device);
      if ('deviceId' in device) throw new CodedError('device-missing', '', { kind: 'camera' });
    };
    Object.assign(scene.room, { replaceCamera });
    await devices.retry('camera');
    expect(asked).toMatchObject([{ deviceId: { exact: 'c1' } }, { height: { ideal: 720 } }]);
    expect(meeting.problem.value).toBe(undefined);
    scene.room.refusal = new CodedError('permission-denied', '');
    await devices.retry('microphone');
    expect(meeting.problem.value?.code).toBe('permission-denied');
  });

  it('other errors are none of its business', () => {
    scene.room.fire('error', new CodedError('device-busy', '', { kind: 'camera' }));
    expect(devices.lost.value).toEqual([]);
  });
});
