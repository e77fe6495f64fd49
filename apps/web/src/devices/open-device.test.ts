import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chosenDevice, deviceWish } from './device-wish.ts';
import { type DeviceWishes, openChosen, openWished } from './open-device.ts';

beforeEach(() => {
  const stored = new Map([['rivero.camera', 'c2']]);
  vi.stubGlobal('localStorage', { getItem: (key: string) => stored.get(key) ?? null });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Opens nothing, but devices that are not named. */
function browserWithout(code: string): {
  readonly asked: MediaTrackConstraints[];
  readonly open: (device: MediaTrackConstraints) => Promise<string>;
} {
  const asked: MediaTrackConstraints[] = [];
  return {
    asked,
    open: async (device) => {
      asked.push(device);
      if (device.deviceId !== undefined) throw new CodedError(code, '', { kind: 'camera' });
      return 'open';
    },
  };
}

describe('the chosen device', () => {
  it('is asked for and no other, with as good a picture as any', () => {
    expect(chosenDevice('camera')).toMatchObject({ deviceId: { exact: 'c2' }, height: { ideal: 720 } });
    expect(deviceWish('microphone')).not.toHaveProperty('deviceId');
  });

  it.each(['device-unsuitable', 'device-missing'])('that is %s gives way to another one', async (code) => {
    const { asked, open } = browserWithout(code);
    expect(await openChosen('camera', open)).toBe('open');
    expect(asked.map(({ deviceId }) => deviceId)).toEqual([{ exact: 'c2' }, undefined]);
  });

  it.each(['device-busy', 'permission-denied'])(
    'that is refused by %s is not replaced behind the back',
    async (code) => {
      const { asked, open } = browserWithout(code);
      await expect(openChosen('camera', open)).rejects.toMatchObject({ code });
      expect(asked).toHaveLength(1);
    },
  );

  it('is asked for once where the browser has none at all', async () => {
    vi.stubGlobal('localStorage', { getItem: () => null });
    const open = vi.fn().mockRejectedValue(new CodedError('device-missing', '', { kind: 'camera' }));
    await expect(openChosen('camera', open)).rejects.toMatchObject({ code: 'device-missing' });
    expect(open).toHaveBeenCalledTimes(1);
  });
});

describe('both devices at once', () => {
  it('give way each for itself', async () => {
    const wish: DeviceWishes = { camera: { deviceId: { exact: 'c' } }, microphone: { deviceId: { exact: 'm' } } };
    const opened = await openWished(wish, async ({ camera, microphone }) => {
      if (camera !== false && 'deviceId' in camera) throw new CodedError('device-unsuitable', '', { kind: 'camera' });
      return microphone;
    });
    expect(opened).toEqual(wish.microphone);
  });
});
