import { milliseconds, after, monotonicMs } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossesMax, LossDetector } from './loss-detector.ts';

const start = monotonicMs(1_000);
const at = (ms: number) => after(start, milliseconds(ms));

describe('LossDetector', () => {
  it('follows nothing while packets come in order or only swap places', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 2, 4, 3, 5]) losses.handleArrival(sequence, start);
    expect(losses.deadline()).toBe(Number.POSITIVE_INFINITY);
    expect(losses.pendingCount).toBe(0);
  });

  it('asks at 10 ms, then every 1.2 round trips, 96 ms before one was measured', () => {
    const losses = new LossDetector();
    losses.handleArrival(1, start);
    losses.handleArrival(3, start);
    expect(losses.deadline()).toBe(at(10));
    expect(losses.pollRequests(at(9))).toEqual([]);
    expect(losses.pollRequests(at(10))).toEqual([2]);
    expect(losses.deadline()).toBe(at(106));
    expect(losses.pollRequests(at(106))).toEqual([2]);
  });

  it('learns the round trip from a packet that came after one request, and from no other', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 3]) losses.handleArrival(sequence, start);
    losses.pollRequests(at(10));
    losses.handleArrival(2, at(60));
    losses.handleArrival(5, at(100));
    losses.pollRequests(at(110));
    expect(losses.deadline()).toBe(at(110 + 60));
  });

  it('never asks for one packet more often than every 30 ms', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 3]) losses.handleArrival(sequence, start);
    losses.pollRequests(at(10));
    losses.handleArrival(2, at(11));
    losses.handleArrival(5, at(20));
    losses.pollRequests(at(30));
    expect(losses.deadline()).toBe(at(60));
  });

  it('gives up after 800 ms, and says so once', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 3]) losses.handleArrival(sequence, start);
    losses.pollRequests(at(800));
    expect(losses.takeGivenUp()).toBe(false);
    losses.pollRequests(at(801));
    expect(losses.takeGivenUp()).toBe(true);
    expect(losses.takeGivenUp()).toBe(false);
    expect(losses).toMatchObject({ lostCount: 1, pendingCount: 0 });
  });

  it('asks by 16-bit numbers across the wrap', () => {
    const losses = new LossDetector();
    for (const sequence of [65_534, 65_538]) losses.handleArrival(sequence, start);
    expect(losses.pollRequests(at(10))).toEqual([65_535, 0, 1]);
  });

  it(`follows ${lossesMax} packets at most: a longer gap is given up at once`, () => {
    const losses = new LossDetector();
    losses.handleArrival(0, start);
    losses.handleArrival(lossesMax + 1, start);
    expect(losses.pendingCount).toBe(lossesMax);
    expect(losses.takeGivenUp()).toBe(false);
    losses.handleArrival(lossesMax + 3, start);
    expect(losses.pendingCount).toBe(0);
    expect(losses.takeGivenUp()).toBe(true);
  });

  it('ends with nothing to ask when every packet came, in whatever order', () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 60 }, (_, i) => i + 1),
      { minLength: 60 },
    );
    fc.assert(
      fc.property(order, (sequences) => {
        const losses = new LossDetector();
        losses.handleArrival(0, start);
        for (const sequence of sequences) losses.handleArrival(sequence, start);
        expect(losses.pendingCount).toBe(0);
        expect(losses.pollRequests(at(10))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
