import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { BitrateMeter } from './bitrate-meter.ts';

describe('BitrateMeter', () => {
  it('sums the last second and forgets what is older', () => {
    const meter = new BitrateMeter();
    for (let ms = 0; ms < 3_000; ms += 10) meter.count(125, monotonicMs(ms));
    expect(meter.bitrate(monotonicMs(2_999))).toBe(100_000);
    expect(meter.bitrate(monotonicMs(3_499))).toBe(50_000);
    expect(meter.bitrate(monotonicMs(10_000))).toBe(0);
  });
});
