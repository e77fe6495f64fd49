import { monotonicMs, never, PacketPool } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolReserveShare } from '../limits.ts';
import { emptyPacket } from './received-packet.ts';
import { RetransmissionCache } from './retransmission-cache.ts';

function put(pool: PacketPool, cache: RetransmissionCache, sequence: number, at = 0): void {
  const slot = pool.take();
  const packet = { ...emptyPacket(), sequence, slot, arrivedAt: monotonicMs(at) };
  cache.put(packet, monotonicMs(at));
  pool.release(slot);
}

describe('RetransmissionCache', () => {
  it('keeps the last packets and lets go of their slots when newer ones come', () => {
    const pool = new PacketPool(32);
    const cache = new RetransmissionCache(pool, 4);
    for (let sequence = 1; sequence <= 6; sequence++) put(pool, cache, sequence);
    expect([1, 2, 3, 4, 5, 6].filter((sequence) => cache.get(sequence) !== undefined)).toEqual([3, 4, 5, 6]);
    expect(pool.freeCount).toBe(28);
  });

  it('takes a late packet in its place, and none from before its oldest', () => {
    const pool = new PacketPool(32);
    const cache = new RetransmissionCache(pool, 4);
    for (const sequence of [10, 12, 11, 5]) put(pool, cache, sequence);
    expect(cache.get(11)?.sequence).toBe(11);
    expect(cache.get(5)).toBeUndefined();
    expect(pool.freeCount).toBe(29);
  });

  it('lets go of everything when it is cleared, and begins anew', () => {
    const pool = new PacketPool(32);
    const cache = new RetransmissionCache(pool, 4);
    for (const sequence of [100, 101]) put(pool, cache, sequence);
    cache.clear();
    expect(pool.freeCount).toBe(32);
    put(pool, cache, 1);
    expect(cache.get(1)?.sequence).toBe(1);
  });

  it('lets go of everything one second after the last packet, and has no deadline then', () => {
    const pool = new PacketPool(32);
    const cache = new RetransmissionCache(pool, 8);
    expect(cache.deadline()).toBe(never);
    put(pool, cache, 1, 0);
    put(pool, cache, 3, 500);
    expect(cache.deadline()).toBe(1_500);
    cache.dropAged(monotonicMs(1_499));
    expect(pool.freeCount).toBe(31);
    cache.dropAged(monotonicMs(1_500));
    expect(pool.freeCount).toBe(32);
    expect(cache.deadline()).toBe(never);
    put(pool, cache, 4, 2_000);
    expect(cache.get(4)?.sequence).toBe(4);
    cache.clear();
    expect(cache.deadline()).toBe(never);
  });

  it('holds nothing at its deadline, whatever the clock shows: else its worker would look again at once', () => {
    for (let i = 0; i < 100; i++) {
      const pool = new PacketPool(32);
      const cache = new RetransmissionCache(pool, 8);
      // A second later the number is rounded to fewer digits.
      put(pool, cache, 1, 1_100 + i * 7.123_456_789);
      cache.dropAged(cache.deadline());
      expect(cache.deadline()).toBe(never);
    }
  });

  it('keeps nothing while less than the reserve of the pool is free', () => {
    const pool = new PacketPool(32);
    const cache = new RetransmissionCache(pool, 64);
    for (let sequence = 1; sequence <= 60; sequence++) put(pool, cache, sequence);
    expect(pool.freeCount).toBe(32 * poolReserveShare);
    expect(cache.get(24)?.sequence).toBe(24);
    expect(cache.get(25)).toBeUndefined();
    put(pool, cache, 61, 200);
    expect(cache.get(61)?.sequence).toBe(61);
  });

  it('never holds more than its size, nor a slot twice, whatever comes', () => {
    const arrivals = fc.array(fc.record({ sequence: fc.integer({ min: 0, max: 40 }), waitMs: fc.nat(400) }));
    fc.assert(
      fc.property(arrivals, (packets) => {
        const pool = new PacketPool(64);
        const cache = new RetransmissionCache(pool, 8);
        let now = 0;
        for (const { sequence, waitMs } of packets) {
          now += waitMs;
          put(pool, cache, sequence, now);
          const held = Array.from({ length: 41 }, (_, i) => i).filter((i) => cache.get(i) !== undefined);
          expect(pool.freeCount).toBe(64 - held.length);
          expect(held.length).toBeLessThanOrEqual(8);
        }
        cache.clear();
        expect(pool.freeCount).toBe(64);
      }),
      { numRuns: 100 },
    );
  });
});
