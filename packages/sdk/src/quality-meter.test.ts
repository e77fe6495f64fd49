import { monotonicMs } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { bestQuality, lostQuality, type Quality } from './quality.ts';
import { QualityMeter } from './quality-meter.ts';

const poor: Quality = { level: 2, reason: 'loss' };
const fair: Quality = { level: 3, reason: 'loss' };
const slow: Quality = { level: 2, reason: 'round-trip' };

let meter: QualityMeter;

beforeEach(() => {
  meter = new QualityMeter();
});

/** Feeds `[ms, sample]`; answers when it became what. */
function feed(samples: readonly (readonly [number, Quality])[]): readonly (readonly [number, Quality])[] {
  return samples.flatMap(([ms, sample]) =>
    meter.handleSample(sample, monotonicMs(ms)) ? [[ms, meter.quality] as const] : [],
  );
}

describe('quality', () => {
  it('is best before anything is known', () => {
    expect(meter.quality).toBe(bestQuality);
    expect(feed([[0, bestQuality]])).toEqual([]);
  });

  it('gets worse after 3 s, and not before', () => {
    expect(
      feed([
        [0, poor],
        [2_999, poor],
        [3_000, poor],
      ]),
    ).toEqual([[3_000, poor]]);
  });

  it('gets better after 6 s, and not before', () => {
    feed([
      [0, poor],
      [3_000, poor],
    ]);
    expect(
      feed([
        [4_000, bestQuality],
        [9_999, bestQuality],
        [10_000, bestQuality],
      ]),
    ).toEqual([[10_000, bestQuality]]);
  });

  it('does not flap: one sample as before begins the wait anew', () => {
    const flapping = Array.from({ length: 30 }, (_, i) => [i * 2_000, i % 2 === 0 ? poor : bestQuality] as const);
    expect(feed(flapping)).toEqual([]);
  });

  it('goes as far as all samples of the wait do, not as far as the worst of them', () => {
    expect(
      feed([
        [0, poor],
        [2_000, fair],
        [4_000, poor],
      ]),
    ).toEqual([[4_000, fair]]);
  });

  it('changes its reason at the same level like one that gets worse', () => {
    feed([
      [0, poor],
      [3_000, poor],
    ]);
    expect(
      feed([
        [4_000, slow],
        [7_000, slow],
      ]),
    ).toEqual([[7_000, slow]]);
  });

  it('is lost at once, and back at once', () => {
    expect(
      feed([
        [0, lostQuality],
        [1, lostQuality],
        [2, fair],
      ]),
    ).toEqual([
      [0, lostQuality],
      [2, fair],
    ]);
  });
});
