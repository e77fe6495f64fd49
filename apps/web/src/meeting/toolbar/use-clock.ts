import { onScopeDispose, readonly, ref, type Ref } from 'vue';

const minuteMs = 60_000;

/** The time of day, minute by minute. */
export function useClock(): Readonly<Ref<Date>> {
  const now = ref(new Date());
  let timer: ReturnType<typeof setTimeout>;
  function tick(): void {
    now.value = new Date();
    timer = setTimeout(tick, minuteMs - (Date.now() % minuteMs));
  }
  tick();
  onScopeDispose(() => clearTimeout(timer));
  return readonly(now);
}
