import { readonly, ref, type Ref, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** Our own hand. */
export interface OwnHand {
  readonly isRaised: Readonly<Ref<boolean>>;
  setRaised(raised: boolean): Promise<void>;
}

/** `onLowered` is called when somebody else lowered it. */
export function useOwnHand({ room, attempt }: Pick<Meeting, 'room' | 'attempt'>, onLowered: () => void): OwnHand {
  const isRaised = ref(false);
  let isOurDoing = false;

  watch(room, (joined) => (isRaised.value = typeof joined?.handRaisedAt === 'number'), {
    immediate: true,
    flush: 'sync',
  });
  useRoomEvent(room, 'handChanged', (handRaisedAt) => {
    const wasRaised = isRaised.value;
    isRaised.value = handRaisedAt !== null;
    if (wasRaised && !isRaised.value && !isOurDoing) onLowered();
  });

  async function setRaised(raised: boolean): Promise<void> {
    isOurDoing = !raised;
    await attempt(() => room.value?.setHandRaised(raised));
    isOurDoing = false;
  }

  return { isRaised: readonly(isRaised), setRaised };
}
