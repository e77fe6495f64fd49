import type { RoomStatistics } from '@rivero/sdk';
import { onScopeDispose, type Ref, shallowRef } from 'vue';
import type { Meeting } from '../use-meeting.ts';

const periodMs = 2000;

/** How the connection does, looked at anew every two seconds for as long as the component is there. */
export function useStatistics({ room }: Pick<Meeting, 'room'>): Readonly<Ref<RoomStatistics | undefined>> {
  const statistics = shallowRef<RoomStatistics>();

  async function look(): Promise<void> {
    // While the connection is made anew the browser has nothing to say; the next time it will.
    statistics.value = (await room.value?.statistics().catch(() => undefined)) ?? statistics.value;
  }

  void look();
  const timer = setInterval(look, periodMs);
  onScopeDispose(() => clearInterval(timer));
  return statistics;
}
