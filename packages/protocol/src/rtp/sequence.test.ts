import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequenceDistance, SequenceUnwrapper } from './sequence.ts';

describe('sequence numbers', () => {
  it('have a distance along the shorter way', () => {
    expect(sequenceDistance(0xfffe, 3)).toBe(5);
    expect(sequenceDistance(3, 0xfffe)).toBe(-5);
    expect(sequenceDistance(0, 0x8000)).toBe(-0x8000);
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
});
