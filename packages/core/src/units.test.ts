import { describe, expect, it } from 'vitest';
import { after, earliest, elapsed, milliseconds, monotonicMs, never } from './units.ts';

describe('units', () => {
  it('adds spans to points and subtracts points', () => {
    const start = monotonicMs(1_000);
    expect(after(start, milliseconds(250))).toBe(1_250);
    expect(elapsed(start, monotonicMs(1_250))).toBe(250);
    expect(elapsed(monotonicMs(1_250), start)).toBe(-250);
  });

  it('answers never when there is no deadline, and the first of several', () => {
    expect(earliest()).toBe(never);
    expect(earliest(never, never)).toBe(never);
    expect(earliest(never, monotonicMs(5), monotonicMs(3))).toBe(3);
    expect(after(never, milliseconds(1))).toBe(never);
  });
});
