import { computed, type Ref, shallowRef, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import type { OwnDevices } from '../use-own-devices.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { orderPeople, type Person, personOf } from './person.ts';

type Devices = Pick<OwnDevices, 'isMicrophoneOn' | 'isCameraOn'>;

/** Everybody, we among them. */
export function usePeople(
  { room }: Pick<Meeting, 'room'>,
  { isMicrophoneOn, isCameraOn }: Devices,
  ownName: string,
): Readonly<Ref<readonly Person[]>> {
  const others = shallowRef<readonly Person[]>([]);
  const ownSigns = shallowRef<Pick<Person, 'id' | 'isHost' | 'handRaisedAt'>>({
    id: '',
    isHost: false,
    handRaisedAt: null,
  });

  function follow(): void {
    others.value = room.value?.participants.map(personOf) ?? [];
    ownSigns.value = {
      id: room.value?.participantId ?? '',
      isHost: room.value?.role === 'host',
      handRaisedAt: room.value?.handRaisedAt ?? null,
    };
  }

  watch(room, follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, ['participantJoined', 'participantLeft', 'participantChanged'], follow);
  useRoomEvent(room, ['handChanged'], follow);
  useRoomEvent(room, ['roleChanged'], follow);

  return computed(() => {
    const own: Person = {
      ...ownSigns.value,
      name: ownName,
      isOwn: true,
      isAway: false,
      isMicrophoneOn: isMicrophoneOn.value,
      isCameraOn: isCameraOn.value,
      isVideoReceived: true,
      isSentTo: true,
      isWithholding: false,
    };
    return orderPeople([own, ...others.value]);
  });
}
