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

it('agrees with a sorted list, whatever is set, moved and deleted', () => {
  const change = fc.tuple(fc.nat(30), fc.option(fc.nat(1_000)));
  fc.assert(
    fc.property(fc.array(change), fc.nat(1_000), (changes, now) => {
      const deadlines = new Deadlines<number>();
      const list = new Map<number, number>();
      for (const [item, at] of changes) {
        if (at === null) {
          deadlines.delete(item);
          list.delete(item);
        } else {
          deadlines.set(item, monotonicMs(at));
          list.set(item, at);
        }
        expect(deadlines.size).toBe(list.size);
        expect(deadlines.first()).toBe(Math.min(...list.values()));
      }
      const due = [...list].filter(([, at]) => at <= now);
      const taken = takeAll(deadlines, now);
      expect(taken).toHaveLength(due.length);
      expect(new Set(taken)).toEqual(new Set(due.map(([item]) => item)));
      const moments = taken.map((item) => list.get(item) ?? -1);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    }),
  );
});
