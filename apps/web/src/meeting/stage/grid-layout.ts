import { type Aspects, fit, gapOf, isPortrait, type Rect, type Size, wide } from './rect.ts';

/** Smaller than this nobody is recognized: then there are pages. */
export const tileMin: Size = { width: 120, height: 76 };

/** What the buttons that turn pages need, where there are pages. */
export const pagerSize: Size = { width: 136, height: 46 };

/** Of tiles where there is more height than width. */
export const upright: Aspects = { min: 3 / 4, max: 16 / 9 };

/** How tiles stand, where it is not seen from the area alone. */
interface GridStyle {
  readonly gap?: number;
  readonly aspects?: Aspects;
}

/** One page of tiles, and the place of the buttons that turn pages where there are several. */
export interface TilePage {
  readonly tiles: readonly Rect[];
  readonly perPage: number;
  readonly pages: number;
  /** The one shown, from 0. */
  readonly page: number;
  readonly pager: Rect | undefined;
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly tile: Size;
}

function isRecognizable({ width, height }: Size): boolean {
  return width >= tileMin.width && height >= tileMin.height;
}

/** Those in which nobody is too small count for more. */
function isBetter(tile: Size, than: Size): boolean {
  const isFit = isRecognizable(tile);
  if (isFit !== isRecognizable(than)) return isFit;
  return tile.width * tile.height > than.width * than.height;
}

/** The grid whose tiles are largest; of two the one with fewer columns. */
function bestGrid(area: Size, count: number, { gap, aspects }: Required<GridStyle>): Grid {
  let best: Grid = { columns: 1, rows: count, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cell = {
      width: Math.max(0, (area.width - gap * (columns - 1)) / columns),
      height: Math.max(0, (area.height - gap * (rows - 1)) / rows),
    };
    const tile = fit(cell, aspects);
    if (isBetter(tile, best.tile)) best = { columns, rows, tile };
  }
  return best;
}

/** How many tiles fit that are not too small; one at least. */
function capacity(area: Size, count: number, style: Required<GridStyle>): number {
  for (let fitting = count; fitting > 1; fitting--) {
    if (isRecognizable(bestGrid(area, fitting, style).tile)) return fitting;
  }
  return 1;
}

/** Rows one below the other, in the middle of the area; the last one, which may be shorter, in the middle too. */
function place({ columns, rows, tile }: Grid, shown: number, area: Rect, gap: number): readonly Rect[] {
  const top = area.top + Math.floor((area.height - rows * tile.height - (rows - 1) * gap) / 2);
  return Array.from({ length: shown }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, shown - row * columns);
    const left = area.left + Math.floor((area.width - inRow * tile.width - (inRow - 1) * gap) / 2);
    return { ...tile, left: left + (index % columns) * (tile.width + gap), top: top + row * (tile.height + gap) };
  });
}

/**
 * Tiles of one size, as large as they can be; 16:9, in an area that stands upright down to 3:4. More than fit at
 * {@link tileMin} are spread evenly over pages. A page that does not exist any more is the last one.
 */
export function gridLayout(area: Rect, count: number, page: number, given: GridStyle = {}): TilePage {
  const style = { gap: gapOf(area), aspects: isPortrait(area) ? upright : wide, ...given };
  const { gap } = style;
  if (count === 0) return { tiles: [], perPage: 0, pages: 1, page: 0, pager: undefined };
  if (capacity(area, count, style) >= count) {
    const tiles = place(bestGrid(area, count, style), count, area, gap);
    return { tiles, perPage: count, pages: 1, page: 0, pager: undefined };
  }
  const pagerHeight = Math.min(pagerSize.height, area.height);
  const rest = { ...area, height: Math.max(0, area.height - pagerHeight - gap) };
  const pages = Math.ceil(count / capacity(rest, count, style));
  const perPage = Math.ceil(count / pages);
  const shownPage = Math.min(Math.max(0, page), Math.ceil(count / perPage) - 1);
  const shown = Math.min(perPage, count - shownPage * perPage);
  const pagerWidth = Math.min(pagerSize.width, area.width);
  return {
    tiles: place(bestGrid(rest, perPage, style), shown, rest, gap),
    perPage,
    pages: Math.ceil(count / perPage),
    page: shownPage,
    pager: {
      left: area.left + Math.floor((area.width - pagerWidth) / 2),
      top: area.top + area.height - pagerHeight,
      width: pagerWidth,
      height: pagerHeight,
    },
  };
}
