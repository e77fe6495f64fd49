import { expect, it } from 'vitest';
import { pooledRandom } from './pooled-random.ts';

it('gives as many bytes as asked for, others each time, also when it is filled again', () => {
  const random = pooledRandom();
  const given = Array.from({ length: 2_000 }, (_, i) => random(8 + (i % 25)));
  given.forEach((bytes, i) => expect(bytes).toHaveLength(8 + (i % 25)));
  expect(new Set(given.map((bytes) => bytes.subarray(0, 8).join())).size).toBe(2_000);
  expect(random(4_096).some((byte) => byte !== 0)).toBe(true);
});

it('leaves what it gave as it is', () => {
  const random = pooledRandom();
  const first = random(12);
  const copy = first.slice();
  for (let i = 0; i < 1_000; i++) random(12);
  expect(first).toEqual(copy);
});
