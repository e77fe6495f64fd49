import type { Room, TrackStatistics } from '@rivero/sdk';
import { onScopeDispose, readonly, type Ref, shallowRef, watch } from 'vue';

/** Often enough to see what a choice does, and slow enough to be read. */
const intervalMs = 1_000;

/** What is really sent now, measured as long as the component is there; empty outside of a meeting. */
export function useSentTracks(room: () => Room | undefined): Readonly<Ref<readonly TrackStatistics[]>> {
  const tracks = shallowRef<readonly TrackStatistics[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  async function measure(measured: Room): Promise<void> {
    const own = turn;
    // Between two connections there is nothing to measure; the next turn looks again.
    const statistics = await measured.statistics().catch(() => undefined);
    if (own !== turn) return;
    tracks.value = statistics?.tracks.filter(({ direction }) => direction === 'sent') ?? [];
    timer = setTimeout(() => void measure(measured), intervalMs);
  }

  function end(): void {
    turn++;
    clearTimeout(timer);
    tracks.value = [];
  }

  watch(
    room,
    (next) => {
      end();
      if (next !== undefined) void measure(next);
    },
    { immediate: true },
  );
  onScopeDispose(end);
  return readonly(tracks) as Readonly<Ref<readonly TrackStatistics[]>>;
}
