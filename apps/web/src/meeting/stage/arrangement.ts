/** What a person wants to see; `automatic` decides by what goes on. */
export const layoutWishes = ['automatic', 'grid', 'speaker'] as const;
export type LayoutWish = (typeof layoutWishes)[number];

/** Who and what is to be shown, by identifiers. */
export interface Scene {
  readonly wish: LayoutWish;
  /** Of our own tile. */
  readonly own: string;
  /** Everybody else's tiles, in the order of their coming. */
  readonly others: readonly string[];
  /** Shared screens, and the sign that we share ours. */
  readonly screens: readonly string[];
  readonly pinned: string | undefined;
  /** The screen that is shown large by itself. */
  readonly largeScreen: string | undefined;
  /** Who spoke, the last one first. */
  readonly spoken: readonly string[];
}

/** Who stands where: all of one size; one large; one large with ourselves in its corner. */
export type Arrangement =
  | { readonly type: 'grid'; readonly ids: readonly string[] }
  | { readonly type: 'large'; readonly main: string; readonly ids: readonly string[] }
  | { readonly type: 'inset'; readonly main: string; readonly inset: string };

/** Who is large in the layout of that name: who speaks or spoke last, never we ourselves among others. */
function speakerOf({ own, others, spoken }: Scene): string {
  return spoken.find((id) => others.includes(id)) ?? others[0] ?? own;
}

/**
 * What is pinned is large. Else the screen that began last; else who speaks, where that is wished. Else, with
 * `automatic`, two people see the other one large and themselves in the corner, or in a strip when there is more to it.
 * Everything else is a grid.
 */
export function arrange(scene: Scene): Arrangement {
  const { wish, own, others, screens, pinned, largeScreen } = scene;
  const ids = [...screens, own, ...others];
  const isShown = (id: string | undefined): id is string => id !== undefined && ids.includes(id);
  const isOfTwo = wish === 'automatic' && others.length === 1;
  const [other] = others;
  if (isOfTwo && other !== undefined && screens.length === 0 && pinned !== own)
    return { type: 'inset', main: other, inset: own };
  const main = [pinned, largeScreen, wish === 'speaker' || isOfTwo ? speakerOf(scene) : undefined].find(isShown);
  if (main !== undefined) return { type: 'large', main, ids: ids.filter((id) => id !== main) };
  return { type: 'grid', ids };
}

/**
 * Brings who spoke to the first page, in the place of who stands there last and has been silent for longest. The first
 * `fixed` keep their places.
 */
export function speakersForward(
  ids: readonly string[],
  spoken: readonly string[],
  perPage: number,
  fixed: number,
): readonly string[] {
  const order = [...ids];
  const silence = (id: string): number => (spoken.includes(id) ? spoken.indexOf(id) : spoken.length);
  for (const speaker of spoken.slice(0, Math.max(0, perPage - fixed))) {
    const from = order.indexOf(speaker);
    if (from < perPage) continue;
    const first = order.slice(fixed, perPage);
    const most = Math.max(...first.map(silence));
    const to = fixed + first.findLastIndex((id) => silence(id) === most);
    order[from] = order[to] ?? speaker;
    order[to] = speaker;
  }
  return order;
}
