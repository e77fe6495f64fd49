import { describe, expect, it } from 'vitest';
import { after, earliest, earliestOf, elapsed, milliseconds, monotonicMs, never } from './units.ts';

describe('units', () => {
  it('adds spans to points and subtracts points', () => {
    const start = monotonicMs(1_000);
    expect(after(start, milliseconds(250))).toBe(1_250);
    expect(elapsed(start, monotonicMs(1_250))).toBe(250);
    expect(elapsed(monotonicMs(1_250), start)).toBe(-250);
  });

  it('answers never when there is no deadline, and the first of several', () => {
    expect(earliestOf([])).toBe(never);
    expect(earliestOf([monotonicMs(7), monotonicMs(3), monotonicMs(5)])).toBe(3);
    expect(earliest(monotonicMs(7), never, monotonicMs(8), monotonicMs(6))).toBe(6);
    expect(earliest(never, never)).toBe(never);
    expect(earliest(never, monotonicMs(5), monotonicMs(3))).toBe(3);
    expect(after(never, milliseconds(1))).toBe(never);
  });
});
