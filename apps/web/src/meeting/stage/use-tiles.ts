import { type Ref, shallowRef, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { screensOf, type SharedScreen, type Tile, tileOf } from './tile.ts';

/** Everybody else, and the screens that they share. */
export interface Tiles {
  readonly tiles: Readonly<Ref<readonly Tile[]>>;
  readonly screens: Readonly<Ref<readonly SharedScreen[]>>;
}

export function useTiles({ room }: Pick<Meeting, 'room'>): Tiles {
  const tiles = shallowRef<readonly Tile[]>([]);
  const screens = shallowRef<readonly SharedScreen[]>([]);

  function follow(): void {
    tiles.value = room.value?.participants.map(tileOf) ?? [];
    screens.value = room.value?.participants.flatMap(screensOf) ?? [];
  }

  watch(room, follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, ['participantJoined', 'participantLeft', 'participantChanged'], follow);
  return { tiles, screens };
}
