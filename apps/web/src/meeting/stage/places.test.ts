import { describe, expect, it } from 'vitest';
import { placesOf, type PlacesOptions } from './places.ts';

const desk = { width: 1256, height: 690 };
const phone = { width: 378, height: 730 };
const ids = ['own', ...Array.from({ length: 24 }, (_, index) => `p${index + 1}`)];
const options: PlacesOptions = { page: 0, spoken: [], isScreen: () => false, isFixed: (id) => id === 'own' };

describe('the places', () => {
  it('hold everybody on a desk, and a page of them on a phone', () => {
    expect(placesOf({ type: 'grid', ids }, desk, options).rects.size).toBe(25);
    const first = placesOf({ type: 'grid', ids }, phone, options);
    expect([first.page, first.pages, [...first.rects.keys()]]).toEqual([0, 2, ids.slice(0, 13)]);
    const last = placesOf({ type: 'grid', ids }, phone, { ...options, page: 9 });
    expect([last.page, [...last.rects.keys()]]).toEqual([1, ids.slice(13)]);
  });

  it('bring who speaks to the first page, and leave us where we are', () => {
    const { rects } = placesOf({ type: 'grid', ids }, phone, { ...options, spoken: ['p20'] });
    expect([...rects.keys()]).toEqual([...ids.slice(0, 12), 'p20']);
    expect([...placesOf({ type: 'grid', ids }, desk, { ...options, spoken: ['p20'] }).rects.keys()]).toEqual(ids);
  });

  it('have the large one besides a page of the strip', () => {
    const others = ids.filter((id) => id !== 'p9');
    const { rects, main, pages } = placesOf({ type: 'large', main: 'p9', ids: others }, desk, options);
    expect(main).toBe('p9');
    expect(pages).toBeGreaterThan(2);
    expect(rects.size).toBeLessThan(12);
    const area = (id: string): number => (rects.get(id)?.width ?? 0) * (rects.get(id)?.height ?? 0);
    expect(area('p9')).toBeGreaterThan(8 * area('own'));
  });

  it('of two people have one above the other', () => {
    const { rects, inset } = placesOf({ type: 'inset', main: 'b', inset: 'own' }, desk, options);
    expect([...rects.keys(), inset]).toEqual(['b', 'own', 'own']);
  });
});
