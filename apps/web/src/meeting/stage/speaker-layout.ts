import { gridLayout, tileMin, type TilePage, upright } from './grid-layout.ts';
import { type Aspects, centred, fit, gapOf, isPortrait, type Rect, type Size, wide } from './rect.ts';

/** One large tile, and the others in a strip beside or below it. */
export interface SpeakerLayout {
  readonly main: Rect;
  readonly strip: TilePage;
}

/** Flatter than that the strip stands at the side. */
const sideAspectMin = 1.15;

/** A face may be cut; a screen is shown whole, whatever its shape. */
const face: Aspects = { min: 3 / 4, max: 16 / 9 };

function clamp(value: number, min: number, max: number): number {
  return Math.floor(Math.min(max, Math.max(min, value)));
}

/** Below: one row, on an upright stage up to three of three. */
function stripHeight(stage: Size, count: number): number {
  const rows = isPortrait(stage) ? Math.min(3, Math.ceil(count / 3)) : 1;
  return clamp(rows * 0.17 * stage.height, 2 * tileMin.height, 0.45 * stage.height);
}

/**
 * `count`: how many stand in the strip. `isWhole`: the large one is a screen. The strip shows a page of them where they
 * are too many.
 */
export function speakerLayout(stage: Size, count: number, page: number, isWhole: boolean): SpeakerLayout {
  const gap = gapOf(stage);
  const all: Rect = { left: 0, top: 0, ...stage };
  const main = (area: Rect): Rect => (isWhole ? area : centred(fit(area, face), area));
  if (count === 0) return { main: main(all), strip: gridLayout(all, 0, 0) };
  if (stage.width >= sideAspectMin * stage.height) {
    const width = clamp(stage.width * 0.2, Math.min(tileMin.width, stage.width / 2), 260);
    const stripIn = (given: number): TilePage =>
      gridLayout({ left: stage.width - given, top: 0, width: given, height: stage.height }, count, page, { gap });
    // Where many stand one below the other they are narrower than that: the rest is for the large one.
    const wanted = stripIn(width);
    const used = Math.max(...wanted.tiles.map((tile) => tile.width), wanted.pager?.width ?? 0);
    const isOneColumn = new Set(wanted.tiles.map(({ left }) => left)).size === 1;
    const strip = isOneColumn ? stripIn(used) : wanted;
    const left = stage.width - (isOneColumn ? used : width);
    return { main: main({ ...all, width: Math.max(0, left - gap) }), strip };
  }
  const height = stripHeight(stage, count);
  const top = stage.height - height;
  const aspects = isPortrait(stage) ? upright : wide;
  const strip = gridLayout({ left: 0, top, width: stage.width, height }, count, page, { gap, aspects });
  return { main: main({ ...all, height: Math.max(0, top - gap) }), strip };
}
