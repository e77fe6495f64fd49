export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place on the stage in whole CSS pixels, from its upper left corner. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Width divided by height: the flattest and the highest that a tile may be. */
export interface Aspects {
  readonly min: number;
  readonly max: number;
}

export const wide: Aspects = { min: 16 / 9, max: 16 / 9 };

export function isPortrait({ width, height }: Size): boolean {
  return width < height;
}

/** The space between tiles, which is dear on phones. */
export function gapOf({ width, height }: Size): number {
  return Math.min(width, height) < 600 ? 6 : 12;
}

/** The largest size of these aspects in that space. */
export function fit({ width, height }: Size, { min, max }: Aspects): Size {
  const aspect = Math.min(max, Math.max(min, width / Math.max(1, height)));
  const fitted = Math.min(width, height * aspect);
  return { width: Math.floor(fitted), height: Math.floor(Math.min(height, fitted / aspect)) };
}

/** In the middle of that place. */
export function centred(size: Size, place: Rect): Rect {
  return {
    ...size,
    left: place.left + Math.floor((place.width - size.width) / 2),
    top: place.top + Math.floor((place.height - size.height) / 2),
  };
}
