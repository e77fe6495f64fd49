import { describe, expect, it } from 'vitest';
import { Counters } from './counters.ts';

describe('Counters', () => {
  it('shows every name from the start, with 0', () => {
    expect(new Counters(['lost', 'late']).snapshot()).toEqual({ lost: 0, late: 0 });
  });

  it('counts by one and by more, and gives a copy', () => {
    const counters = new Counters(['bytes']);
    counters.count('bytes');
    const before = counters.snapshot();
    counters.count('bytes', 99);
    expect(counters.get('bytes')).toBe(100);
    expect(before).toEqual({ bytes: 1 });
  });
});
