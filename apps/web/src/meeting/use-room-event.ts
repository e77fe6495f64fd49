import type { Room, RoomEvents } from '@rivero/sdk';
import { onScopeDispose, type Ref, watch } from 'vue';

/** Calls back at these events of whichever room we are in, until the component ends. */
export function useRoomEvent<Name extends keyof RoomEvents>(
  room: Readonly<Ref<Room | undefined>>,
  names: Name | readonly Name[],
  handler: (...args: RoomEvents[Name]) => void,
): void {
  let stops: readonly (() => void)[] = [];
  function end(): void {
    for (const stop of stops) stop();
    stops = [];
  }
  watch(
    room,
    (joined) => {
      end();
      if (joined !== undefined) stops = [names].flat().map((name) => joined.on(name as Name, handler));
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(end);
}
