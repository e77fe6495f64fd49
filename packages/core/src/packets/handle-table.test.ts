import { describe, expect, it } from 'vitest';
import type { PathHandle } from './handles.ts';
import { HandleTable } from './handle-table.ts';

function open(table: HandleTable<PathHandle, string>, value: string): PathHandle {
  const handle = table.open(value);
  if (handle === undefined) throw new Error('the table is full');
  return handle;
}

describe('HandleTable', () => {
  it('finds nothing by the handle of something closed, though its place is used again', () => {
    const table = new HandleTable<PathHandle, string>(4);
    const first = open(table, 'first');
    expect(table.close(first)).toBe('first');
    const second = open(table, 'second');
    expect(second).not.toBe(first);
    expect(table.get(first)).toBeUndefined();
    expect(table.close(first)).toBeUndefined();
    expect(table.get(second)).toBe('second');
    expect(table.size).toBe(1);
  });

  it('answers undefined when it is full, and goes on when a place is free again', () => {
    const table = new HandleTable<PathHandle, string>(2);
    const a = open(table, 'a');
    open(table, 'b');
    expect(table.open('c')).toBeUndefined();
    table.close(a);
    expect(table.get(open(table, 'c'))).toBe('c');
    expect([...table.values()].toSorted()).toEqual(['b', 'c']);
  });

  it('keeps handles within 32 unsigned bits through every generation', () => {
    const table = new HandleTable<PathHandle, number>(1);
    const seen = new Set<number>();
    for (let i = 0; i < 4_096; i++) {
      const handle = table.open(i);
      if (handle === undefined) throw new Error('the table is full');
      expect(handle >>> 0).toBe(handle);
      seen.add(handle);
      expect(table.close(handle)).toBe(i);
    }
    expect(seen.size).toBe(4_096);
  });
});
