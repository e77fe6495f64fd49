import { describe, expect, it } from 'vitest';
import { addedDevices } from './use-device-list.ts';

function camera(deviceId: string): MediaDeviceInfo {
  return { deviceId, groupId: '', kind: 'videoinput', label: deviceId, toJSON: () => ({}) };
}

describe('a device that was added', () => {
  it('is one that is there now and was not before', () => {
    expect(addedDevices([camera('a')], [camera('b'), camera('a')])).toEqual([
      expect.objectContaining({ deviceId: 'b' }),
    ]);
    expect(addedDevices([camera('a'), camera('b')], [camera('a')])).toEqual([]);
  });

  it('is none when the browser only begins to tell what there is', () => {
    expect(addedDevices([], [camera('a'), camera('b')])).toEqual([]);
  });
});
