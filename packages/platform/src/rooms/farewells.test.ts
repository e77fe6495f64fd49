import { expect, it } from 'vitest';
import { Farewells, farewellsMax } from './farewells.ts';

it(`remembers ${farewellsMax} reasons, and forgets the oldest for one more`, () => {
  const farewells = new Farewells();
  const reason = { code: 'removed-by-host', message: 'A host removed you.' };
  for (let i = 0; i < farewellsMax; i++) farewells.add(`token-${i}`, reason);
  expect(farewells.reasonOf('token-0')).toBe(reason);
  farewells.add('one-more', reason);
  expect(farewells.reasonOf('token-0')).toBeUndefined();
  expect(farewells.reasonOf('token-1')).toBe(reason);
  expect(farewells.reasonOf('one-more')).toBe(reason);
});
