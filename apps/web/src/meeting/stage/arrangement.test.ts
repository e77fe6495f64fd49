import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, layoutWishes, type Scene, speakersForward } from './arrangement.ts';

const three: Scene = {
  wish: 'automatic',
  own: 'own',
  others: ['a', 'b'],
  screens: [],
  pinned: undefined,
  largeScreen: undefined,
  spoken: [],
};

describe('the arrangement', () => {
  it('is a grid of everybody', () => {
    expect(arrange(three)).toEqual({ type: 'grid', ids: ['own', 'a', 'b'] });
    expect(arrange({ ...three, others: [] })).toEqual({ type: 'grid', ids: ['own'] });
  });

  it('of two shows the other one large, and ourselves in the corner; two tiles where a grid is wished', () => {
    expect(arrange({ ...three, others: ['a'] })).toEqual({ type: 'inset', main: 'a', inset: 'own' });
    expect(arrange({ ...three, others: ['a'], wish: 'grid' })).toEqual({ type: 'grid', ids: ['own', 'a'] });
    expect(arrange({ ...three, others: ['a'], pinned: 'own' })).toMatchObject({ type: 'large', main: 'own' });
    const sharing: Scene = { ...three, others: ['a'], screens: ['own-screen'] };
    expect(arrange(sharing)).toEqual({ type: 'large', main: 'a', ids: ['own-screen', 'own'] });
  });

  it('has who speaks large where that is wished, and ourselves only when we are alone', () => {
    const speaker: Scene = { ...three, wish: 'speaker' };
    expect(arrange(speaker)).toMatchObject({ main: 'a' });
    expect(arrange({ ...speaker, spoken: ['own', 'gone', 'b', 'a'] })).toMatchObject({ main: 'b', ids: ['own', 'a'] });
    expect(arrange({ ...speaker, others: [], spoken: ['own'] })).toMatchObject({ main: 'own', ids: [] });
  });

  it.each(layoutWishes)('has a screen large, and what is pinned before that, when %s is wished', (wish) => {
    const shared: Scene = { ...three, wish, screens: ['s', 't'], largeScreen: 't', spoken: ['a'] };
    expect(arrange(shared)).toEqual({ type: 'large', main: 't', ids: ['s', 'own', 'a', 'b'] });
    expect(arrange({ ...shared, pinned: 'own' })).toEqual({ type: 'large', main: 'own', ids: ['s', 't', 'a', 'b'] });
    expect(arrange({ ...shared, pinned: 'gone' })).toMatchObject({ main: 't' });
  });

  it('shows everybody once, whatever goes on', () => {
    const id = fc.constantFrom('own', 'a', 'b', 'c', 's', 't', 'gone');
    const scene = fc.record({
      wish: fc.constantFrom(...layoutWishes),
      own: fc.constant('own'),
      others: fc.subarray(['a', 'b', 'c']),
      screens: fc.subarray(['s', 't']),
      pinned: fc.option(id, { nil: undefined }),
      largeScreen: fc.option(id, { nil: undefined }),
      spoken: fc.array(id),
    });
    fc.assert(
      fc.property(scene, (shown) => {
        const arrangement = arrange(shown);
        const ids =
          arrangement.type === 'grid'
            ? arrangement.ids
            : arrangement.type === 'inset'
              ? [arrangement.main, arrangement.inset]
              : [arrangement.main, ...arrangement.ids];
        expect(ids.toSorted()).toEqual(['own', ...shown.others, ...shown.screens].toSorted());
      }),
    );
  });
});

describe('who speaks on a later page', () => {
  const ids = ['own', 'a', 'b', 'c', 'd', 'e'];

  it('comes to the first one in the place of who has been silent for longest there', () => {
    expect(speakersForward(ids, ['d'], 3, 1)).toEqual(['own', 'a', 'd', 'c', 'b', 'e']);
    expect(speakersForward(ids, ['d', 'b'], 3, 1)).toEqual(['own', 'd', 'b', 'c', 'a', 'e']);
    expect(speakersForward(ids, ['e', 'd', 'b'], 3, 1)).toEqual(['own', 'e', 'd', 'c', 'b', 'a']);
  });

  it('moves nobody who is seen already', () => {
    expect(speakersForward(ids, ['b', 'a', 'own', 'gone'], 3, 1)).toEqual(ids);
    expect(speakersForward(ids, ['e', 'd'], 6, 1)).toEqual(ids);
  });

  it('is there, and everybody else still somewhere, whoever spoke', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ids), fc.integer({ min: 1, max: 7 }), (spoken, perPage) => {
        const order = speakersForward(ids, spoken, perPage, 1);
        expect(order.toSorted()).toEqual(ids.toSorted());
        expect(order[0]).toBe('own');
        const [last] = spoken;
        if (perPage > 1 && last !== undefined) expect(order.slice(0, perPage)).toContain(last);
      }),
    );
  });
});
