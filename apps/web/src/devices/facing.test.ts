import { describe, expect, it } from 'vitest';
import { facingOf, isMirrored } from './facing.ts';

function camera(label: string, facingMode?: string): MediaStreamTrack {
  const track: Partial<MediaStreamTrack> = {
    label,
    getSettings: () => (facingMode === undefined ? {} : { facingMode }),
  };
  return track as MediaStreamTrack;
}

describe('which way a camera looks', () => {
  it.each([
    ['camera2 0, facing back', 'environment', 'environment'],
    ['camera2 1, facing front', 'user', 'user'],
    // Some say it in their name alone.
    ['camera2 0, facing back', undefined, 'environment'],
    ['Back Dual Wide Camera', undefined, 'environment'],
    ['后置摄像头', undefined, 'environment'],
    ['Rear camera', 'user', 'user'],
    ['Front Camera', undefined, 'user'],
    ['Integrated Camera', undefined, 'user'],
    ['Feedback Cam', undefined, 'user'],
  ])('%s of facing mode %s is %s', (label, facingMode, facing) => {
    expect(facingOf(camera(label, facingMode))).toBe(facing);
    expect(isMirrored(camera(label, facingMode))).toBe(facing === 'user');
  });
});
