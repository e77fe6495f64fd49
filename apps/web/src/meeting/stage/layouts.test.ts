import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLayout, pagerSize, tileMin } from './grid-layout.ts';
import { insetLayout } from './inset-layout.ts';
import type { Rect, Size } from './rect.ts';
import { speakerLayout } from './speaker-layout.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 4000 }), height: fc.integer({ min: 1, max: 3000 }) });
/** What a window may be without scrolling: a small phone in either direction, and everything larger. */
const usable = fc.record({ width: fc.integer({ min: 300, max: 4000 }), height: fc.integer({ min: 240, max: 3000 }) });
const count = fc.integer({ min: 1, max: 32 });
const page = fc.integer({ min: 0, max: 40 });

const at = ({ width, height }: Size): Rect => ({ left: 0, top: 0, width, height });

function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

function expectApart(rects: readonly Rect[], stage: Size): void {
  for (const [index, rect] of rects.entries()) {
    expect(rect.left).toBeGreaterThanOrEqual(0);
    expect(rect.top).toBeGreaterThanOrEqual(0);
    expect(rect.left + rect.width).toBeLessThanOrEqual(stage.width);
    expect(rect.top + rect.height).toBeLessThanOrEqual(stage.height);
    expect(Object.values(rect).every(Number.isInteger)).toBe(true);
    for (const other of rects.slice(index + 1)) {
      const isEmpty = [rect, other].some(({ width, height }) => width === 0 || height === 0);
      expect(!isEmpty && overlap(rect, other)).toBe(false);
    }
  }
}

describe('the grid', () => {
  it('lies within the stage without overlap, on every page', () => {
    fc.assert(
      fc.property(size, count, page, (stage, people, shown) => {
        const { tiles, pager } = gridLayout(at(stage), people, shown);
        expect(tiles.length).toBeGreaterThan(0);
        const isTight = stage.height < 200 || stage.width < 200;
        expectApart([...tiles, ...(pager === undefined || isTight ? [] : [pager])], stage);
      }),
    );
  });

  it('shows everybody once over its pages, and nobody smaller than can be recognized', () => {
    fc.assert(
      fc.property(usable, count, (stage, people) => {
        const { pages, perPage } = gridLayout(at(stage), people, 0);
        const all = Array.from({ length: pages }, (_, index) => gridLayout(at(stage), people, index));
        expect(all.reduce((sum, { tiles }) => sum + tiles.length, 0)).toBe(people);
        for (const { tiles } of all) {
          expect(tiles.length).toBeLessThanOrEqual(perPage);
          for (const tile of tiles) {
            expect(tile.width).toBeGreaterThanOrEqual(tileMin.width);
            expect(tile.height).toBeGreaterThanOrEqual(tileMin.height);
          }
        }
      }),
    );
  });

  it('has tiles of one size, 16:9, upright from 3:4 to 16:9', () => {
    fc.assert(
      fc.property(usable, count, (stage, people) => {
        const { tiles, pager } = gridLayout(at(stage), people, 0);
        const [first] = tiles;
        if (first === undefined) throw new Error('No tile.');
        expect(new Set(tiles.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
        const aspect = first.width / first.height;
        expect(aspect).toBeLessThan(1.82);
        const isSurelyWide = stage.width > stage.height && pager === undefined;
        expect(aspect).toBeGreaterThan(isSurelyWide ? 1.74 : 0.73);
      }),
    );
  });

  it('is the same for the same stage', () => {
    fc.assert(
      fc.property(usable, count, (stage, people) => {
        const layout = gridLayout(at(stage), people, 0);
        expect(gridLayout(at(stage), people, 0)).toEqual(layout);
      }),
    );
  });

  it('centres its last row', () => {
    const { tiles } = gridLayout(at({ width: 1256, height: 690 }), 5, 0);
    expect(tiles.map(({ top }) => top)).toEqual([
      tiles[0]?.top,
      tiles[0]?.top,
      tiles[0]?.top,
      ...tiles.slice(3).map(({ top }) => top),
    ]);
    const [left, right] = tiles.slice(3);
    expect((left?.left ?? 0) + (right?.left ?? 0) + (right?.width ?? 0)).toBeCloseTo(1256, -1);
  });

  it.each([
    ['a desktop', { width: 1256, height: 690 }, 25, { perPage: 25, pages: 1 }],
    ['a desktop', { width: 1256, height: 690 }, 32, { perPage: 32, pages: 1 }],
    ['an upright phone', { width: 378, height: 730 }, 9, { perPage: 9, pages: 1 }],
    ['an upright phone', { width: 378, height: 730 }, 25, { perPage: 13, pages: 2 }],
    ['a lying phone', { width: 820, height: 300 }, 25, { perPage: 13, pages: 2 }],
  ])('on %s %j of %i people has %j', (_, stage, people, expected) => {
    expect(gridLayout(at(stage), people, 0)).toMatchObject(expected);
  });

  it('shows its last page in place of one that is gone, and always has room to turn pages', () => {
    const stage = at({ width: 820, height: 300 });
    const { page: shown, tiles, pager } = gridLayout(stage, 25, 99);
    expect(shown).toBe(1);
    expect(tiles).toHaveLength(12);
    expect(pager).toMatchObject(pagerSize);
  });
});

describe('the speaker', () => {
  it('and the strip lie within the stage without overlap', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 31 }), page, fc.boolean(), (stage, others, shown, isWhole) => {
        const { main, strip } = speakerLayout(stage, others, shown, isWhole);
        expectApart([main, ...strip.tiles], stage);
      }),
    );
  });

  it('is at least as large as everybody in the strip, of whom nobody is too small', () => {
    fc.assert(
      fc.property(usable, fc.integer({ min: 1, max: 31 }), fc.boolean(), (stage, others, isWhole) => {
        const { main, strip } = speakerLayout(stage, others, 0, isWhole);
        expect(strip.tiles.length).toBeGreaterThan(0);
        for (const tile of strip.tiles) {
          expect(tile.width * tile.height).toBeLessThanOrEqual(main.width * main.height);
          expect(tile.height).toBeGreaterThanOrEqual(60);
        }
      }),
    );
  });

  it('has the strip at the side on a wide stage, below on an upright one', () => {
    const desk = speakerLayout({ width: 1256, height: 690 }, 8, 0, false);
    for (const tile of desk.strip.tiles) expect(tile.left).toBeGreaterThanOrEqual(desk.main.left + desk.main.width);
    const phone = speakerLayout({ width: 378, height: 730 }, 8, 0, false);
    for (const tile of phone.strip.tiles) expect(tile.top).toBeGreaterThanOrEqual(phone.main.top + phone.main.height);
  });

  it('alone has the whole stage; a screen is not cut', () => {
    expect(speakerLayout({ width: 1600, height: 900 }, 0, 0, false).main).toEqual(at({ width: 1600, height: 900 }));
    expect(speakerLayout({ width: 2000, height: 700 }, 0, 0, true).main).toEqual(at({ width: 2000, height: 700 }));
  });
});

describe('the inset', () => {
  it('lies in the corner of the other one, and leaves most of it to be seen', () => {
    fc.assert(
      fc.property(usable, (stage) => {
        const { main, inset } = insetLayout(stage);
        expectApart([main], stage);
        expectApart([inset], stage);
        expect(inset.left + inset.width).toBeLessThanOrEqual(main.left + main.width);
        expect(inset.top + inset.height).toBeLessThanOrEqual(main.top + main.height);
        expect(inset.width * inset.height).toBeLessThan(0.25 * main.width * main.height);
      }),
    );
  });
});
