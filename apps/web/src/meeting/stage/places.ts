import { type Arrangement, speakersForward } from './arrangement.ts';
import { gridLayout, type TilePage } from './grid-layout.ts';
import { insetLayout } from './inset-layout.ts';
import type { Rect, Size } from './rect.ts';
import { speakerLayout } from './speaker-layout.ts';

/** Who stands where; who is not in it stands on another page. */
export interface Places {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly main: string | undefined;
  /** Stands above the main one. */
  readonly inset: string | undefined;
  readonly page: number;
  readonly pages: number;
  readonly pager: Rect | undefined;
}

export interface PlacesOptions {
  readonly page: number;
  /** Who spoke, the last one first. */
  readonly spoken: readonly string[];
  /** Not to be cut. */
  readonly isScreen: (id: string) => boolean;
  /** Keeps its place on the first page. */
  readonly isFixed: (id: string) => boolean;
}

/** From who is to be shown to where on a stage of that size. */
export function placesOf(arrangement: Arrangement, stage: Size, options: PlacesOptions): Places {
  const { page, spoken, isScreen, isFixed } = options;

  function pageOf(ids: readonly string[], tilePage: TilePage): Omit<Places, 'main' | 'inset'> {
    const { tiles, perPage, pages, pager } = tilePage;
    const fixed = ids.filter(isFixed).length;
    const order = pages > 1 ? speakersForward(ids, spoken, perPage, fixed) : ids;
    const shown = order.slice(tilePage.page * perPage, (tilePage.page + 1) * perPage);
    const rects = new Map(
      shown.flatMap((id, index) => (tiles[index] === undefined ? [] : [[id, tiles[index]] as const])),
    );
    return { rects, page: tilePage.page, pages, pager };
  }

  switch (arrangement.type) {
    case 'grid': {
      const { ids } = arrangement;
      const grid = gridLayout({ left: 0, top: 0, ...stage }, ids.length, page);
      return { ...pageOf(ids, grid), main: undefined, inset: undefined };
    }
    case 'large': {
      const { main, ids } = arrangement;
      const layout = speakerLayout(stage, ids.length, page, isScreen(main));
      const strip = pageOf(ids, layout.strip);
      return { ...strip, rects: new Map(strip.rects).set(main, layout.main), main, inset: undefined };
    }
    case 'inset': {
      const { main, inset } = arrangement;
      const layout = insetLayout(stage);
      const rects = new Map([
        [main, layout.main],
        [inset, layout.inset],
      ]);
      return { rects, main, inset, page: 0, pages: 1, pager: undefined };
    }
  }
}
