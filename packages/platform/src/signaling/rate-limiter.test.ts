import { milliseconds, monotonicMs, after } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstMax, messagesPerSecond, RateLimiter } from './rate-limiter.ts';

const start = monotonicMs(5_000);

function allowedOf(limiter: RateLimiter, count: number, at = start): number {
  return Array.from({ length: count }, () => limiter.allows(at)).filter(Boolean).length;
}

describe('a rate limiter', () => {
  it(`allows ${burstMax} messages at once and no more`, () => {
    expect(allowedOf(new RateLimiter(start), 10 * burstMax)).toBe(burstMax);
  });

  it(`allows ${messagesPerSecond} more for each second that passes`, () => {
    const limiter = new RateLimiter(start);
    allowedOf(limiter, burstMax);
    expect(allowedOf(limiter, burstMax, after(start, milliseconds(1_000)))).toBe(messagesPerSecond);
    expect(allowedOf(limiter, burstMax, after(start, milliseconds(1_500)))).toBe(messagesPerSecond / 2);
  });

  it('saves up no more than one burst', () => {
    const limiter = new RateLimiter(start);
    expect(allowedOf(limiter, 10 * burstMax, after(start, milliseconds(3_600_000)))).toBe(burstMax);
  });

  it('never allows more than a burst and the rate, however the messages come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 400 }), (gaps) => {
        const limiter = new RateLimiter(start);
        let now = start;
        let allowed = 0;
        for (const gap of gaps) {
          now = after(now, milliseconds(gap));
          if (limiter.allows(now)) allowed += 1;
        }
        const seconds = (now - start) / 1_000;
        expect(allowed).toBeLessThanOrEqual(burstMax + seconds * messagesPerSecond + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
