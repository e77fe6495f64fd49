import { onScopeDispose, readonly, ref, type Ref, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';

/** By then most restarts are over: who still waits is told so, and what else there is to press. */
export const longAwayMs = 15_000;

/** Whether the server has been away for long. */
export function useLongAway({ state }: Pick<Meeting, 'state'>): Readonly<Ref<boolean>> {
  const isLongAway = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    state,
    (next) => {
      clearTimeout(timer);
      isLongAway.value = false;
      if (next === 'reconnecting') timer = setTimeout(() => (isLongAway.value = true), longAwayMs);
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => clearTimeout(timer));
  return readonly(isLongAway);
}
