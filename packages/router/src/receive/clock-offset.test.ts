import { monotonicMs, wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

/** A publisher whose clock is `ahead` of ours, with reports that take `delays` ms, one a second. */
function scene(ahead: (now: number) => number, delays: readonly number[]) {
  const offset = new ClockOffset();
  const errors = delays.map((delay, second) => {
    const now = second * 1_000;
    offset.handleReport(wallClockMs(now - delay + ahead(now - delay)), monotonicMs(now));
    return offset.ours(wallClockMs(now + ahead(now))) - now;
  });
  return errors;
}

describe('a publisher’s clock on ours', () => {
  it('keeps to the first report’s delay, whatever those of later ones', () => {
    const errors = scene(() => 1e12, [50, 50, 90, 10, 50, 200]);
    expect(errors[0]).toBe(50);
    for (const error of errors) expect(error).toBeGreaterThan(49);
    for (const error of errors) expect(error).toBeLessThan(54);
  });

  it('follows a clock that drifts by 100 ppm to 10 ms', () => {
    const errors = scene(
      (now) => now * 1e-4,
      Array.from({ length: 3_600 }, () => 0),
    );
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(10);
  });

  it('goes along at once with a clock that was set', () => {
    const errors = scene((now) => (now < 3_000 ? 0 : 3_600_000), [0, 0, 0, 0, 0]);
    expect(errors).toEqual([0, 0, 0, 0, 0]);
  });
});
