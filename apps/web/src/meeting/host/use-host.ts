import { computed, type Ref, ref, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { forgetHostToken, hostLink, rememberHostToken } from './host-token.ts';

/** What only hosts do to the meeting as a whole, and what everybody may know of it. */
export interface Host {
  readonly isHost: Readonly<Ref<boolean>>;
  readonly isLocked: Readonly<Ref<boolean>>;
  /** Everybody's media goes through relays only. */
  readonly isRelayOnly: Readonly<Ref<boolean>>;
  /** There is a relay for that. */
  readonly hasRelay: Readonly<Ref<boolean>>;
  /** Makes whoever opens it a host; undefined for guests. */
  readonly link: Readonly<Ref<string | undefined>>;
  setLocked(locked: boolean): Promise<void>;
  setRelayOnly(relayOnly: boolean): Promise<void>;
  lowerAllHands(): Promise<void>;
  endForAll(): Promise<void>;
}

/** Where we are: the room's name and its address. */
export interface Place {
  readonly name: string;
  readonly address: string;
}

/** Follows our role, and keeps the token for a reload as long as it is good for something. */
export function useHost(
  meeting: Pick<Meeting, 'room' | 'wish' | 'attempt' | 'endForAll'>,
  { name, address }: Place,
): Host {
  const { room, wish, attempt } = meeting;
  const isHost = ref(false);
  const isLocked = ref(false);
  const isRelayOnly = ref(false);
  const hasRelay = ref(false);
  const token = ref<string>();

  function follow(): void {
    isHost.value = room.value?.role === 'host';
    isLocked.value = room.value?.isLocked ?? false;
    isRelayOnly.value = room.value?.relayOnly ?? false;
    hasRelay.value = room.value?.hasRelay ?? false;
    token.value = room.value?.hostToken ?? undefined;
    if (token.value !== undefined) rememberHostToken(name, token.value, Date.now());
  }

  /** Other tabs share what is kept: only our own token is ours to forget. */
  function forget(own: string | undefined): void {
    if (own !== undefined) forgetHostToken(name, Date.now(), own);
  }

  function enter(): void {
    follow();
    // Who came with a token and is a guest had one that is not valid any more.
    if (room.value !== undefined && !isHost.value) forget(wish.value?.hostToken);
  }

  watch(room, enter, { immediate: true, flush: 'sync' });
  // Who comes back may find another server, which has no relay.
  useRoomEvent(room, ['roleChanged', 'hostTokenChanged', 'lockChanged', 'relayOnlyChanged', 'stateChanged'], follow);
  // Removed, or the meeting was ended: nothing to come back to.
  useRoomEvent(room, 'removed', ({ code }) => {
    if (code === 'removed-by-host' || code === 'ended-by-host') forget(token.value);
  });

  return {
    isHost,
    isLocked,
    isRelayOnly,
    hasRelay,
    link: computed(() => (token.value === undefined ? undefined : hostLink(address, token.value))),
    setLocked: (locked) => attempt(() => (locked ? room.value?.moderation.lock() : room.value?.moderation.unlock())),
    setRelayOnly: (relayOnly) => attempt(() => room.value?.moderation.setRelayOnly(relayOnly)),
    lowerAllHands: () => attempt(() => room.value?.moderation.lowerAllHands()),
    endForAll: async () => {
      await meeting.endForAll();
      if (room.value === undefined) forgetHostToken(name, Date.now());
    },
  };
}
