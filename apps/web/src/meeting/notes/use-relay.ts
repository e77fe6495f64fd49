import type { IceError } from '@rivero/sdk';
import { type Ref, ref, shallowRef, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { type RelayAddress, relayAddresses } from './relay-failures.ts';

/** What the way through relays has come to, as refs. */
export interface Relay {
  /** Nothing goes another way: a host wants it, or our own address says so. */
  readonly isOnlyWay: Readonly<Ref<boolean>>;
  readonly addresses: Readonly<Ref<readonly RelayAddress[]>>;
  readonly errors: Readonly<Ref<readonly IceError[]>>;
}

export function useRelay({ room, mediaState }: Pick<Meeting, 'room' | 'mediaState'>): Relay {
  const isOnlyWay = ref(false);
  const addresses = shallowRef<readonly RelayAddress[]>([]);
  const errors = shallowRef<readonly IceError[]>([]);

  function follow(): void {
    isOnlyWay.value = room.value?.iceTransportPolicy === 'relay';
    addresses.value = relayAddresses(room.value?.peerConnection.getConfiguration().iceServers ?? []);
    errors.value = room.value?.iceErrors ?? [];
  }

  watch([room, mediaState], follow, { immediate: true, flush: 'sync' });
  useRoomEvent(room, ['relayOnlyChanged', 'iceErrorsChanged', 'stateChanged'], follow);
  return { isOnlyWay, addresses, errors };
}
