import { describe, expect, it } from 'vitest';
import { pooledRandom } from './pooled-random.ts';

/** Bytes that count up from 1, so that none is 0; what was filled is kept, as it is. */
function counting() {
  const filled: Uint8Array[] = [];
  let next = 0;
  const fill = (bytes: Uint8Array): void => {
    filled.push(bytes);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (next++ % 255) + 1;
  };
  return { random: pooledRandom(fill), filled };
}

describe('random bytes from a pool', () => {
  it('are each handed out once, and drawn together', () => {
    const { random, filled } = counting();
    expect([random(3), random(2), random(0)].map((bytes) => [...bytes])).toEqual([[1, 2, 3], [4, 5], []]);
    expect(filled.map(({ length }) => length)).toEqual([4_096]);
  });

  it('stay what they are when more are handed out', () => {
    const { random } = counting();
    const first = random(4);
    for (let i = 0; i < 2_000; i++) random(4);
    expect([...first]).toEqual([1, 2, 3, 4]);
  });

  it('leave nothing of themselves in the pool', () => {
    const { random, filled } = counting();
    random(3);
    expect([...filled[0].subarray(0, 5)]).toEqual([0, 0, 0, 4, 5]);
    random(4_093);
    expect(filled[0].every((byte) => byte === 0)).toBe(true);
  });

  it('are all drawn anew when the rest of the pool is too short', () => {
    const { random, filled } = counting();
    random(4_095);
    expect([...random(2)]).toEqual([(4_096 % 255) + 1, (4_097 % 255) + 1]);
    expect(filled).toHaveLength(2);
  });

  it('of more than the pool has are drawn by themselves', () => {
    const { random, filled } = counting();
    expect(random(4_097)).toBe(filled[0]);
    expect(filled[0]).toHaveLength(4_097);
    expect(random(4_096)).not.toContain(0);
    expect(filled).toHaveLength(2);
  });
});
