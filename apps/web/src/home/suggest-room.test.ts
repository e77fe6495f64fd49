import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRoomId } from './room-id.ts';
import { suggestRoom } from './suggest-room.ts';

/** Every word of one place in the name. */
function words(place: 0 | 1 | 2): ReadonlySet<string | undefined> {
  return new Set(
    Array.from({ length: 64 }, (_, i) => {
      const random = new Uint32Array(4);
      random[place] = i;
      return suggestRoom(random).split('-')[place];
    }),
  );
}

describe('a suggested room', () => {
  it('is three plain words and four digits', () => {
    expect(suggestRoom(Uint32Array.of(0, 0, 0, 0))).toBe('able-amber-bank-1000');
    expect(suggestRoom(Uint32Array.of(6, 64, 54, 3207))).toBe('calm-amber-river-4207');
  });

  it('has the name of a room whatever the random numbers are', () => {
    const number = fc.nat({ max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.tuple(number, number, number, number), (random) => {
        const room = suggestRoom(Uint32Array.from(random));
        expect(room).toMatch(/^[a-z]+-[a-z]+-[a-z]+-[1-9]\d{3}$/);
        expect(isRoomId(room)).toBe(true);
      }),
    );
  });

  it.each([0, 1, 2] as const)(
    'has 64 different words at place %i, so that it is as hard to guess as it says',
    (place) => {
      expect(words(place).size).toBe(64);
      for (const word of words(place)) expect(word).toMatch(/^[a-z]{3,8}$/);
    },
  );

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 50 }, () => suggestRoom())).size).toBe(50);
  });
});
