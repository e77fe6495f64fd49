import { describe, expect, it } from 'vitest';
import { pooledRandom } from './pooled-random.ts';
import type { RandomBytes } from './random.ts';

/** Bytes that count up from 1, so that none is 0; the blocks that were drawn are kept. */
function counting(): { readonly draw: RandomBytes; readonly lengths: number[] } {
  const lengths: number[] = [];
  let next = 0;
  const draw = (length: number): Uint8Array => {
    lengths.push(length);
    return Uint8Array.from({ length }, () => (next++ % 255) + 1);
  };
  return { draw, lengths };
}

describe('random bytes from a pool', () => {
  it('are each handed out once', () => {
    const { draw, lengths } = counting();
    const random = pooledRandom(draw);
    expect([random(3), random(2), random(0)].map((bytes) => [...bytes])).toEqual([[1, 2, 3], [4, 5], []]);
    expect(lengths).toEqual([4_096]);
  });

  it('stay what they are when more are handed out', () => {
    const random = pooledRandom(counting().draw);
    const first = random(4);
    for (let i = 0; i < 2_000; i++) random(4);
    expect([...first]).toEqual([1, 2, 3, 4]);
  });

  it('come from the next block when the rest of one is too short', () => {
    const { draw, lengths } = counting();
    const random = pooledRandom(draw);
    random(4_095);
    expect([...random(2)]).toEqual([(4_096 % 255) + 1, (4_097 % 255) + 1]);
    expect(lengths).toEqual([4_096, 4_096]);
  });

  it('of more than a block are drawn by themselves', () => {
    const { draw, lengths } = counting();
    expect(pooledRandom(draw)(4_097)).toHaveLength(4_097);
    expect(pooledRandom(draw)(4_096)).toHaveLength(4_096);
    expect(lengths).toEqual([4_097, 4_096]);
  });
});
