import { monotonicMs, never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineHeap } from './deadline-heap.ts';

describe('a deadline heap', () => {
  it('knows no deadline before it was told one', () => {
    const heap = new DeadlineHeap<string>();
    expect(heap.first()).toBe(never);
    expect(heap.takeDue(monotonicMs(1e9))).toEqual([]);
    heap.delete('a');
  });

  it('takes what is due in order, and not what is due later', () => {
    const heap = new DeadlineHeap<string>();
    for (const [item, at] of Object.entries({ c: 30, a: 10, d: 31, b: 20 })) heap.set(item, monotonicMs(at));
    expect(heap.takeDue(monotonicMs(30))).toEqual(['a', 'b', 'c']);
    expect(heap.first()).toBe(31);
    expect(heap.size).toBe(1);
  });

  it('is like a list of all deadlines, whatever is set, set again, deleted and taken', () => {
    const change = fc.oneof(
      { weight: 4, arbitrary: fc.record({ set: fc.nat(20), at: fc.oneof(fc.nat(100), fc.constant(never)) }) },
      { weight: 1, arbitrary: fc.record({ delete: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ due: fc.nat(100) }) },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const heap = new DeadlineHeap<number>();
        const list = new Map<number, number>();
        for (const step of changes) {
          if ('set' in step) {
            heap.set(step.set, monotonicMs(step.at));
            if (step.at === never) list.delete(step.set);
            else list.set(step.set, step.at);
          } else if ('delete' in step) {
            heap.delete(step.delete);
            list.delete(step.delete);
          } else {
            const due = [...list].filter(([, at]) => at <= step.due).toSorted(([, a], [, b]) => a - b);
            const taken = heap.takeDue(monotonicMs(step.due));
            expect(taken.map((item) => list.get(item))).toEqual(due.map(([, at]) => at));
            for (const item of taken) list.delete(item);
          }
          expect(heap.first()).toBe(Math.min(never, ...list.values()));
          expect(heap.size).toBe(list.size);
        }
      }),
      { numRuns: 200 },
    );
  });
});
