import type { Quality } from '@rivero/sdk';
import { computed, type Ref, ref, shallowRef, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import type { OwnDevices } from '../use-own-devices.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { ownTileId, type Picture, screensOf, type SharedScreen, type Tile, tileOf } from './tile.ts';

/** Everybody else, and the screens that they share. */
export interface Tiles {
  readonly tiles: Readonly<Ref<readonly Tile[]>>;
  /** In the order in which they began. */
  readonly screens: Readonly<Ref<readonly SharedScreen[]>>;
}

export function useTiles({ room }: Pick<Meeting, 'room'>): Tiles {
  const tiles = shallowRef<readonly Tile[]>([]);
  const screens = shallowRef<readonly SharedScreen[]>([]);

  function follow(): void {
    tiles.value = room.value?.participants.map(tileOf) ?? [];
    const order = screens.value.map(({ id }) => id);
    const age = ({ id }: SharedScreen): number => (order.includes(id) ? order.indexOf(id) : order.length);
    const shared = room.value?.participants.flatMap(screensOf) ?? [];
    screens.value = shared.toSorted((a, b) => age(a) - age(b));
  }

  watch(room, follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, ['participantJoined', 'participantLeft', 'participantChanged', 'qualityChanged'], follow);
  return { tiles, screens };
}

function ownPicture({ isCameraOn, missing, video }: OwnDevices): Picture {
  if (!isCameraOn.value) return missing.value.includes('camera') ? 'none' : 'off';
  return video.value === undefined ? 'none' : 'shown';
}

/** Ourselves, as we see us on the stage. */
export function useOwnTile({ room }: Pick<Meeting, 'room'>, own: OwnDevices, name: () => string): Readonly<Ref<Tile>> {
  const isHost = ref(false);
  const isHandRaised = ref(false);
  const isSpeaking = ref(false);
  const quality = shallowRef<Quality>({ level: 5, reason: 'good' });

  function follow(): void {
    isHost.value = room.value?.role === 'host';
    isHandRaised.value = room.value?.isHandRaised ?? false;
    quality.value = room.value?.quality ?? quality.value;
    isSpeaking.value = room.value?.activeSpeakers.includes(room.value.participantId) ?? false;
  }

  watch(room, follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, ['roleChanged', 'handChanged', 'activeSpeakersChanged', 'qualityChanged'], follow);
  return computed(() => ({
    id: ownTileId,
    name: name(),
    isOwn: true,
    isAway: false,
    isMuted: !own.isMicrophoneOn.value,
    isHost: isHost.value,
    isHandRaised: isHandRaised.value,
    isSpeaking: isSpeaking.value,
    isVideoReceived: true,
    isSentTo: true,
    quality: quality.value,
    picture: ownPicture(own),
    video: own.video.value,
    audio: undefined,
  }));
}
