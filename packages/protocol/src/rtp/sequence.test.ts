import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNewer, sequenceDistance, SequenceUnwrapper, timestampDistance, TimestampUnwrapper } from './index.ts';

describe('sequence numbers', () => {
  it.each([
    [1, 0, true],
    [0, 1, false],
    [5, 5, false],
    [0, 0xffff, true],
    [0xffff, 0, false],
    [0x7fff, 0, true],
    [0x8000, 0, false],
    [0, 0x8000, false],
  ])('%i is newer than %i: %s', (a, b, expected) => {
    expect(isNewer(a, b)).toBe(expected);
  });

  it('have a distance along the shorter way', () => {
    expect(sequenceDistance(0xfffe, 3)).toBe(5);
    expect(sequenceDistance(3, 0xfffe)).toBe(-5);
    expect(sequenceDistance(0, 0x8000)).toBe(-0x8000);
    expect(timestampDistance(0xffffffff, 1)).toBe(2);
    expect(timestampDistance(1, 0xffffffff)).toBe(-2);
  });

  it('unwrap from cycle 0, over wraps and back', () => {
    const unwrapper = new SequenceUnwrapper();
    expect(unwrapper.newest).toBeUndefined();
    const walk = [65_530, 65_535, 2, 65_534, 3, 40_000, 65_000, 5].map((s) => unwrapper.unwrap(s));
    expect(walk).toEqual([65_530, 65_535, 65_538, 65_534, 65_539, 40_000, 65_000, 65_541]);
    expect(unwrapper.newest).toBe(65_541);
    expect(unwrapper.peek(65_535)).toBe(65_535);
    expect(unwrapper.newest).toBe(65_541);
  });

  it('come out negative when sent before a first packet early in cycle 0', () => {
    const unwrapper = new SequenceUnwrapper();
    unwrapper.unwrap(1);
    expect(unwrapper.unwrap(0xffff)).toBe(-1);
    expect(unwrapper.unwrap(2)).toBe(2);
  });

  it('unwrap any walk of small steps to itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.array(fc.integer({ min: -300, max: 30_000 }), { maxLength: 60 }),
        (start, steps) => {
          const sequences = new SequenceUnwrapper();
          sequences.unwrap(start);
          let newest = start;
          for (const step of steps) {
            const extended = newest + step;
            expect(sequences.unwrap(extended & 0xffff)).toBe(extended);
            newest = Math.max(newest, extended);
          }
        },
      ),
    );
  });

  it('timestamps unwrap over 2^32, many times and with late ones', () => {
    const unwrapper = new TimestampUnwrapper();
    let expected = 0xfffff000;
    for (let i = 0; i < 20; i++) {
      expect(unwrapper.unwrap(expected >>> 0)).toBe(expected);
      expect(unwrapper.unwrap((expected - 90_000) >>> 0)).toBe(expected - 90_000);
      expected += 0x70000000;
    }
  });
});
