import { type CaptureKind, CodedError, type Room } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import { type UsedDevices, useUsedDevices } from './use-used-devices.ts';

const kept = new Map<string, string>();
const onLater = vi.fn<(kind: CaptureKind) => void>();
let devices: UsedDevices;
let asked: MediaTrackConstraints[];
let refusal: Error | undefined;
let localTracks: readonly unknown[];
let fire: () => void;

function track(source: string, settings: MediaTrackSettings): unknown {
  return { source, track: { getSettings: () => settings } };
}

async function replace(device: MediaTrackConstraints): Promise<void> {
  asked.push(device);
  if (refusal !== undefined) throw refusal;
}

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  onLater.mockClear();
  asked = [];
  refusal = undefined;
  localTracks = [track('camera', { deviceId: 'c1', facingMode: 'user' })];
  const room = {
    get localTracks() {
      return localTracks;
    },
    replaceCamera: replace,
    replaceMicrophone: replace,
    on: (_name: string, handler: () => void) => {
      fire = handler;
      return () => {};
    },
  };
  kept.set('rivero.microphone', 'm1');
  const opened = effectScope().run(() => useUsedDevices(shallowRef(room as object as Room), onLater));
  if (opened === undefined) throw new Error('The scope is over.');
  devices = opened;
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the devices that are used', () => {
  it('are those that are open, else those that were chosen before', () => {
    expect(devices.used.value).toEqual({ camera: 'c1', microphone: 'm1' });
    localTracks = [
      track('camera', { deviceId: 'c2', facingMode: 'environment' }),
      track('microphone', { deviceId: 'm2' }),
    ];
    fire();
    expect(devices.used.value).toEqual({ camera: 'c2', microphone: 'm2' });
    expect(devices.facing.value).toBe('environment');
  });

  it('are replaced by exactly the chosen one, which is remembered', async () => {
    await devices.choose('camera', 'c2');
    await devices.choose('microphone', 'm3');
    expect(asked.map(({ deviceId }) => deviceId)).toEqual([{ exact: 'c2' }, { exact: 'm3' }]);
    expect([kept.get('rivero.camera'), kept.get('rivero.microphone')]).toEqual(['c2', 'm3']);
    // No microphone is open.
    expect(onLater).toHaveBeenCalledExactlyOnceWith('microphone');
  });

  it('go on when the chosen one cannot be opened, and it says why', async () => {
    refusal = new CodedError('device-busy', '');
    await devices.choose('camera', 'c2');
    expect(devices.problem.value?.code).toBe('device-busy');
    expect(devices.isChanging.value).toBe(false);
    expect(devices.used.value.camera).toBe('c1');
    expect(kept.has('rivero.camera')).toBe(false);
    refusal = undefined;
    await devices.choose('camera', 'c2');
    expect(devices.problem.value).toBe(undefined);
  });

  it('are turned around on a phone, and back', async () => {
    const turning = devices.turnAround();
    localTracks = [track('camera', { deviceId: 'back', facingMode: 'environment' })];
    await turning;
    await devices.turnAround();
    expect(asked.map(({ facingMode }) => facingMode)).toEqual([{ ideal: 'environment' }, { ideal: 'user' }]);
    expect(kept.get('rivero.camera')).toBe('back');
  });

  it('are changed one after the other: who presses twice changes once', async () => {
    await Promise.all([devices.choose('camera', 'c2'), devices.choose('camera', 'c3')]);
    expect(asked.map(({ deviceId }) => deviceId)).toEqual([{ exact: 'c2' }]);
  });
});
