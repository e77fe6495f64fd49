import { centred, fit, gapOf, isPortrait, type Rect, type Size, wide } from './rect.ts';

/** Two people: the other one as large as can be, we ourselves small in its corner. */
export interface InsetLayout {
  readonly main: Rect;
  readonly inset: Rect;
}

export function insetLayout(stage: Size): InsetLayout {
  const isUpright = isPortrait(stage);
  const all: Rect = { left: 0, top: 0, ...stage };
  const main = isUpright ? all : centred(fit(stage, { min: 4 / 3, max: 16 / 9 }), all);
  const size = isUpright
    ? fit({ width: stage.width * 0.32, height: stage.height * 0.32 }, { min: 3 / 4, max: 3 / 4 })
    : fit({ width: Math.min(300, Math.max(130, stage.width * 0.2)), height: main.height * 0.4 }, wide);
  const margin = gapOf(stage) + 4;
  return {
    main,
    inset: {
      ...size,
      left: Math.max(0, main.left + main.width - size.width - margin),
      top: Math.max(0, main.top + main.height - size.height - margin),
    },
  };
}
