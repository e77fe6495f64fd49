import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayWindow, replayWindowSize } from './replay-window.ts';

describe('ReplayWindow', () => {
  it('takes each sequence number once', () => {
    const window = new ReplayWindow();
    for (const sequence of [0, 1, 5, 3]) {
      expect(window.isFresh(sequence)).toBe(true);
      window.accept(sequence);
      expect(window.isFresh(sequence)).toBe(false);
    }
    expect(window.isFresh(2)).toBe(true);
    expect(window.isFresh(4)).toBe(true);
  });

  it('does not move by being asked', () => {
    const window = new ReplayWindow();
    expect(window.isFresh(1_000_000)).toBe(true);
    expect(window.isFresh(0)).toBe(true);
  });

  it(`refuses what is ${replayWindowSize} or more behind (RFC 6347 4.1.2.6)`, () => {
    const window = new ReplayWindow();
    window.accept(1_000);
    expect(window.isFresh(1_000 - replayWindowSize + 1)).toBe(true);
    expect(window.isFresh(1_000 - replayWindowSize)).toBe(false);
  });

  it('forgets nothing within the window when it jumps', () => {
    const window = new ReplayWindow();
    for (const sequence of [0, 10, 63]) window.accept(sequence);
    expect([0, 10, 63].map((sequence) => window.isFresh(sequence))).toEqual([false, false, false]);
    window.accept(2 ** 48 - 1);
    expect(window.isFresh(63)).toBe(false);
    expect(window.isFresh(2 ** 48 - 2)).toBe(true);
  });

  it('answers as a set of all that was accepted would', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 200 }), (sequences) => {
        const window = new ReplayWindow();
        const accepted = new Set<number>();
        let newest = -1;
        for (const sequence of sequences) {
          const isExpected = !accepted.has(sequence) && sequence > newest - replayWindowSize;
          expect(window.isFresh(sequence)).toBe(isExpected);
          if (!isExpected) continue;
          window.accept(sequence);
          accepted.add(sequence);
          newest = Math.max(newest, sequence);
        }
      }),
      { numRuns: 200 },
    );
  });
});
