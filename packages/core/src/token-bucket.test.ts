import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';
import { after, milliseconds, monotonicMs } from './units.ts';

const start = monotonicMs(5_000);
const size = { burstMax: 100, perSecond: 30 };

function takenOf(bucket: TokenBucket, count: number, at = start): number {
  return Array.from({ length: count }, () => bucket.take(at)).filter(Boolean).length;
}

describe('a token bucket', () => {
  it('gives a burst at once and no more', () => {
    expect(takenOf(new TokenBucket(size, start), 1_000)).toBe(100);
  });

  it('gives its rate for each second that passes', () => {
    const bucket = new TokenBucket(size, start);
    takenOf(bucket, 100);
    expect(takenOf(bucket, 100, after(start, milliseconds(1_000)))).toBe(30);
    expect(takenOf(bucket, 100, after(start, milliseconds(1_500)))).toBe(15);
  });

  it('saves up no more than one burst', () => {
    const bucket = new TokenBucket(size, start);
    expect(takenOf(bucket, 1_000, after(start, milliseconds(3_600_000)))).toBe(100);
  });

  it('gives many at once, or none of them', () => {
    const bucket = new TokenBucket(size, start);
    expect(bucket.take(start, 101)).toBe(false);
    expect(bucket.take(start, 60)).toBe(true);
    expect(bucket.take(start, 60)).toBe(false);
    expect(bucket.take(start, 40)).toBe(true);
  });

  it('lends what is not there, and tells when it has come back', () => {
    const bucket = new TokenBucket(size, start);
    expect(bucket.borrow(start, 100)).toBe(0);
    expect(bucket.borrow(start, 15)).toBe(500);
    expect(bucket.borrow(after(start, milliseconds(250)), 15)).toBe(750);
    expect(bucket.take(after(start, milliseconds(1_000)))).toBe(false);
    expect(bucket.take(after(start, milliseconds(1_040)))).toBe(true);
  });

  it('never gives more than a burst and the rate, however it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 400 }), (gaps) => {
        const bucket = new TokenBucket(size, start);
        let now = start;
        let taken = 0;
        for (const gap of gaps) {
          now = after(now, milliseconds(gap));
          if (bucket.take(now)) taken += 1;
        }
        const seconds = (now - start) / 1_000;
        expect(taken).toBeLessThanOrEqual(size.burstMax + seconds * size.perSecond + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
