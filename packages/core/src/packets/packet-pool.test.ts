import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenInvariant } from '../assert.ts';
import { PacketPool, packetSlotSize } from './packet-pool.ts';

describe('PacketPool', () => {
  it('hands out every slot once and answers -1 when none is left', () => {
    const pool = new PacketPool(3);
    expect(new Set([pool.take(), pool.take(), pool.take()])).toEqual(new Set([0, 1, 2]));
    expect(pool.take()).toBe(-1);
    expect(pool.freeCount).toBe(0);
  });

  it('frees a slot when its last reference is released, not before', () => {
    const pool = new PacketPool(1);
    const slot = pool.take();
    pool.retain(slot);
    pool.release(slot);
    expect(pool.take()).toBe(-1);
    pool.release(slot);
    expect(pool.take()).toBe(slot);
  });

  it('breaks an invariant when a free slot is retained or released', () => {
    const pool = new PacketPool(1);
    expect(() => pool.release(0)).toThrow(BrokenInvariant);
    expect(() => pool.retain(0)).toThrow(BrokenInvariant);
  });

  it('holds all slots in one buffer', () => {
    expect(new PacketPool(5).bytes.length).toBe(5 * packetSlotSize);
  });

  it('shows the bytes of a slot by one view, whoever asks', () => {
    const pool = new PacketPool(3);
    const view = pool.slotBytes(1);
    view[0] = 7;
    expect(view).toHaveLength(packetSlotSize);
    expect(pool.bytes.indexOf(7)).toBe(packetSlotSize);
    expect(pool.slotBytes(1)).toBe(view);
  });

  it('never hands out a slot that somebody holds, whatever the order of calls', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ takes: fc.boolean(), which: fc.nat() }), { maxLength: 200 }), (steps) => {
        const pool = new PacketPool(8);
        const held: number[] = [];
        for (const { takes, which } of steps) {
          if (takes) {
            const slot = pool.take();
            if (slot === -1) expect(held).toHaveLength(8);
            else {
              expect(held).not.toContain(slot);
              held.push(slot);
            }
          } else if (held.length > 0) {
            const [slot] = held.splice(which % held.length, 1);
            pool.release(slot);
          }
        }
        expect(pool.freeCount).toBe(8 - held.length);
      }),
    );
  });
});
