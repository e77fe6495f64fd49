import { type Ref, shallowRef } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** More nobody needs to bring forward. */
const spokenMax = 32;

/** Others who spoke, the last one first; who speaks just now, mainly, before all. */
export function useSpoken({ room }: Pick<Meeting, 'room'>): Readonly<Ref<readonly string[]>> {
  const spoken = shallowRef<readonly string[]>([]);
  useRoomEvent(room, 'activeSpeakersChanged', (participantIds) => {
    // Whom we do not hear is not brought forward.
    const unheard = room.value?.participants.filter(({ isWithholding }) => isWithholding) ?? [];
    const others = participantIds.filter((id) => id !== room.value?.participantId);
    const speaking = others.filter((id) => unheard.every(({ participantId }) => participantId !== id));
    spoken.value = [...new Set([...speaking, ...spoken.value])].slice(0, spokenMax);
  });
  return spoken;
}
