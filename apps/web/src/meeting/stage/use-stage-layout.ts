import { readonly, type Ref, ref } from 'vue';
import { perMeeting } from '../per-meeting.ts';
import type { LayoutWish } from './arrangement.ts';

/** How the stage is laid out, as long as the stay lasts; the same for the stage, the toolbar and the keys. */
export interface StageLayout {
  readonly wish: Readonly<Ref<LayoutWish>>;
  /** What is kept large: the identifier of a tile, that is of a participant, of the track of a screen, or `own`. */
  readonly pinned: Readonly<Ref<string | undefined>>;
  /** The screen that is large by itself: the one that began last. */
  readonly largeScreen: Readonly<Ref<string | undefined>>;
  /** The newer wish counts: nothing stays pinned, and `grid` puts the screens into the grid too, until another one begins. */
  choose(wish: LayoutWish): void;
  /** From the grid, or what looks like it, to the speaker and back. */
  toggle(): void;
  /** Keeps it large, whatever goes on; or no more. */
  togglePin(id: string): void;
  /** The screens of others that there are, in the order in which they began. */
  followScreens(ids: readonly string[]): void;
  /** What is pinned is no more. */
  forget(id: string): void;
}

export const useStageLayout = perMeeting<StageLayout>(() => {
  const wish = ref<LayoutWish>('automatic');
  const pinned = ref<string>();
  const largeScreen = ref<string>();
  let screens: readonly string[] = [];

  function choose(next: LayoutWish): void {
    wish.value = next;
    pinned.value = undefined;
    largeScreen.value = next === 'grid' ? undefined : screens.at(-1);
  }

  return {
    wish: readonly(wish),
    pinned: readonly(pinned),
    largeScreen: readonly(largeScreen),
    choose,
    toggle: () => choose(wish.value === 'speaker' ? 'grid' : 'speaker'),
    togglePin: (id) => void (pinned.value = pinned.value === id ? undefined : id),
    followScreens(ids) {
      const begun = ids.findLast((id) => !screens.includes(id));
      const isGone = largeScreen.value !== undefined && !ids.includes(largeScreen.value);
      screens = ids;
      // What was pinned before gives way: somebody wants to show something now. It can be pinned again.
      if (begun !== undefined) [pinned.value, largeScreen.value] = [undefined, begun];
      else if (isGone) largeScreen.value = wish.value === 'grid' ? undefined : ids.at(-1);
    },
    forget: (id) => {
      if (pinned.value === id) pinned.value = undefined;
    },
  };
});
