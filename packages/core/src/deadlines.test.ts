import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deadlines } from './deadlines.ts';
import { monotonicMs, never } from './units.ts';

function takeAll<Item>(deadlines: Deadlines<Item>, now: number): readonly Item[] {
  const taken: Item[] = [];
  for (let item = deadlines.takeDue(monotonicMs(now)); item !== undefined; item = deadlines.takeDue(monotonicMs(now))) {
    taken.push(item);
  }
  return taken;
}

it('gives what is due, the earliest first, and at its very moment', () => {
  const deadlines = new Deadlines<string>();
  expect(deadlines.first()).toBe(never);
  for (const [item, at] of [
    ['c', 30],
    ['a', 10],
    ['b', 20],
  ] as const) {
    deadlines.set(item, monotonicMs(at));
  }
  expect(deadlines.first()).toBe(10);
  expect(takeAll(deadlines, 9)).toEqual([]);
  expect(takeAll(deadlines, 20)).toEqual(['a', 'b']);
  expect(deadlines.first()).toBe(30);
  expect(deadlines.size).toBe(1);
});

it('moves a deadline both ways, and takes it away', () => {
  const deadlines = new Deadlines<string>();
  deadlines.set('a', monotonicMs(10));
  deadlines.set('b', monotonicMs(20));
  deadlines.set('a', monotonicMs(30));
  expect(deadlines.first()).toBe(20);
  deadlines.set('a', monotonicMs(5));
  expect(deadlines.first()).toBe(5);
  deadlines.set('a', never);
  deadlines.delete('nobody');
  expect(takeAll(deadlines, never)).toEqual(['b']);
  expect(deadlines.size).toBe(0);
});

it('agrees with a sorted list, whatever is set, moved, deleted and taken', () => {
  const change = fc.oneof(
    { weight: 4, arbitrary: fc.record({ set: fc.nat(20), at: fc.oneof(fc.nat(100), fc.constant(never)) }) },
    { weight: 1, arbitrary: fc.record({ delete: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ due: fc.nat(100) }) },
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const deadlines = new Deadlines<number>();
      const list = new Map<number, number>();
      for (const step of changes) {
        if ('set' in step) {
          deadlines.set(step.set, monotonicMs(step.at));
          if (step.at === never) list.delete(step.set);
          else list.set(step.set, step.at);
        } else if ('delete' in step) {
          deadlines.delete(step.delete);
          list.delete(step.delete);
        } else {
          const due = [...list.values()].filter((at) => at <= step.due).toSorted((a, b) => a - b);
          const taken = takeAll(deadlines, step.due);
          expect(taken.map((item) => list.get(item))).toEqual(due);
          for (const item of taken) list.delete(item);
        }
        expect(deadlines.first()).toBe(Math.min(never, ...list.values()));
        expect(deadlines.size).toBe(list.size);
      }
    }),
  );
});
