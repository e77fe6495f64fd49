import { computed, type ComputedRef, type WritableComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Meeting } from '../use-meeting.ts';
import { layoutWishes } from './arrangement.ts';
import { useStageLayout } from './use-stage-layout.ts';

/** The layouts with their names, as menus offer them. */
export interface LayoutChoice {
  readonly options: ComputedRef<readonly { readonly value: string; readonly label: string }[]>;
  readonly wish: WritableComputedRef<string>;
  /** Of the layout that is wished now. */
  readonly name: ComputedRef<string>;
}

export function useLayoutChoice(meeting?: Meeting): LayoutChoice {
  const { t } = useI18n();
  const layout = useStageLayout(meeting);
  const options = computed(() => [
    { value: 'automatic', label: t('tile.layout.automatic') },
    { value: 'grid', label: t('tile.layout.grid') },
    { value: 'speaker', label: t('tile.layout.speaker') },
  ]);
  const wish = computed({
    get: () => layout.wish.value,
    set: (next: string) => {
      const chosen = layoutWishes.find((candidate) => candidate === next);
      if (chosen !== undefined) layout.choose(chosen);
    },
  });
  const name = computed(() => options.value.find(({ value }) => value === wish.value)?.label ?? '');
  return { options, wish, name };
}
