import { after, milliseconds, monotonicMs, never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossesMax, LossDetector } from './loss-detector.ts';

const start = monotonicMs(1_000);
const at = (ms: number) => after(start, milliseconds(ms));

describe('LossDetector', () => {
  it('follows nothing while packets come in order or only swap places', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 2, 4, 3, 5]) losses.handleArrival(sequence, start);
    expect(losses.deadline()).toBe(never);
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
    expect(losses.givenUpCount).toBe(1);
    expect(losses.deadline()).toBe(never);
  });

  it('asks ten times at most, and waits for the answer to the tenth', () => {
    const losses = new LossDetector();
    for (const sequence of [1, 3]) losses.handleArrival(sequence, start);
    // A round trip of 20 ms: asked for every 30 ms.
    losses.pollRequests(at(10));
    losses.handleArrival(2, at(30));
    losses.handleArrival(5, at(30));
    const requests = [];
    for (let ms = 30; losses.deadline() !== never && ms < 330; ms++)
      if (losses.pollRequests(at(ms)).length > 0) requests.push(ms);
    expect(requests).toEqual([40, 70, 100, 130, 160, 190, 220, 250, 280, 310]);
    losses.pollRequests(at(339));
    expect(losses.takeGivenUp()).toBe(false);
    losses.pollRequests(at(340));
    expect(losses.takeGivenUp()).toBe(true);
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
    expect(losses.pollRequests(at(10))).toHaveLength(lossesMax);
    expect(losses.takeGivenUp()).toBe(false);
    losses.handleArrival(lossesMax + 3, at(10));
    expect(losses.deadline()).toBe(never);
    expect(losses.givenUpCount).toBe(lossesMax + 1);
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
        expect(losses.deadline()).toBe(never);
        expect(losses.pollRequests(at(10))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
