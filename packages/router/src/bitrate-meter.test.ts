import * as fc from 'fast-check';
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

it('agrees with a list of all packets, whenever they come and whenever it is asked', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    bytes: fc.integer({ min: 0, max: 1500 }),
    asks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const meter = new BitrateMeter();
      const packets: { readonly tenth: number; readonly bytes: number }[] = [];
      let at = 0;
      for (const { afterMs, bytes, asks } of steps) {
        at += afterMs;
        const now = monotonicMs(at);
        const tenth = Math.floor(at / 100);
        meter.count(bytes, now);
        packets.push({ tenth, bytes });
        const last = packets
          .filter((packet) => packet.tenth > tenth - 10)
          .reduce((sum, packet) => sum + packet.bytes, 0);
        if (asks) expect(meter.bitrate(now)).toBe(last * 8);
      }
    }),
  );
});
