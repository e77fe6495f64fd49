import { joinRoom, type JoinOptions, type MediaState, type Room, type RoomState } from '@rivero/sdk';
import { onScopeDispose, readonly, ref, type Ref, shallowRef } from 'vue';
import { type DeviceWishes, openWished } from '../devices/open-device.ts';
import { type Problem, problemOf } from './problem.ts';

declare global {
  interface Window {
    /** The room of this page, for diagnosis in the browser's console. */
    rivero?: Room;
  }
}

/** What stands in the way of media has a note of its own, which goes when it gets through. */
const mediaProblems: ReadonlySet<string> = new Set(['media-blocked', 'relay-unreachable']);

/** Who joins where, and with what: an open track, a device to open, or nothing. */
export interface JoinWish
  extends
    DeviceWishes,
    Pick<JoinOptions, 'cameraLimits' | 'screenLimits' | 'microphoneLimits' | 'preferredCodec' | 'iceTransportPolicy'> {
  readonly room: string;
  readonly name: string;
  /** Makes us a host, if it is the room's. */
  readonly hostToken?: string;
}

export type MeetingPhase = 'outside' | 'joining' | 'inside' | 'left';

/** One stay in a room: how it begins, goes and ends. What happens inside has composables of its own over `room`. */
export interface Meeting {
  /** Undefined as long as we are not inside. */
  readonly room: Readonly<Ref<Room | undefined>>;
  /** With what we joined. */
  readonly wish: Readonly<Ref<JoinWish | undefined>>;
  readonly phase: Readonly<Ref<MeetingPhase>>;
  readonly state: Readonly<Ref<RoomState>>;
  /** The server said that it is being restarted, and is not back yet. */
  readonly isRestarting: Readonly<Ref<boolean>>;
  readonly mediaState: Readonly<Ref<MediaState>>;
  readonly problem: Readonly<Ref<Problem | undefined>>;
  join(wish: JoinWish): Promise<void>;
  leave(): Promise<void>;
  /** Ends the meeting for everybody, as a host may. */
  endForAll(): Promise<void>;
  /** Does what a person asked for; what fails becomes the problem shown, unless the stay is over by then. */
  attempt(action: () => Promise<unknown> | undefined): Promise<void>;
}

/** One stay in a room, as refs for a page; it ends with the page. */
export function useMeeting(): Meeting {
  const room = shallowRef<Room>();
  const wish = shallowRef<JoinWish>();
  const phase = ref<MeetingPhase>('outside');
  const state = ref<RoomState>('connecting');
  const isRestarting = ref(false);
  const mediaState = ref<MediaState>('connecting');
  const problem = shallowRef<Problem>();
  /** The page is closed; what was still being joined is left at once. */
  let isGone = false;

  /** That the server does not answer while it is away is what the banner says. */
  function explain(error: unknown): void {
    const next = problemOf(error);
    if (state.value !== 'reconnecting' || next.code !== 'server-silent') problem.value = next;
  }

  function end(): void {
    room.value = undefined;
    delete window.rivero;
    phase.value = 'left';
  }

  function listen(joined: Room): void {
    joined.on('stateChanged', (next, reason) => {
      state.value = next;
      isRestarting.value = next === 'reconnecting' && reason?.code === 'server-stopping';
      // The banner says all there is to say; what went wrong while the server was away is over when it is back.
      if (next === 'reconnecting' || next === 'connected') problem.value = undefined;
      if (next === 'left') end();
    });
    joined.on('mediaStateChanged', (next) => {
      mediaState.value = next;
    });
    joined.on('error', (error) => {
      if (!mediaProblems.has(error.code)) explain(error);
    });
    joined.on('removed', (reason) => {
      problem.value = reason;
    });
  }

  async function join(next: JoinWish): Promise<void> {
    if (phase.value === 'joining' || phase.value === 'inside') return;
    phase.value = 'joining';
    problem.value = undefined;
    wish.value = next;
    try {
      const joined = await openWished(next, joinRoom);
      if (isGone) return await joined.leave();
      window.rivero = joined;
      state.value = joined.state;
      mediaState.value = joined.mediaState;
      listen(joined);
      room.value = joined;
      phase.value = 'inside';
    } catch (error) {
      problem.value = problemOf(error);
      phase.value = 'outside';
    }
  }

  async function attempt(action: () => Promise<unknown> | undefined): Promise<void> {
    const asked = room.value;
    if (asked !== undefined) problem.value = undefined;
    try {
      await action();
    } catch (error) {
      // Why the stay ended, or how another one goes, is none of its business.
      if (asked !== undefined && asked === room.value) explain(error);
    }
  }

  async function leave(): Promise<void> {
    const leaving = room.value;
    end();
    await leaving?.leave();
  }

  async function endForAll(): Promise<void> {
    const ending = room.value;
    await attempt(() => ending?.moderation.end());
    // Who ends it reads what everybody reads.
    if (ending !== undefined && room.value === undefined) problem.value ??= { code: 'ended-by-host', message: '' };
  }

  onScopeDispose(() => {
    isGone = true;
    leave().catch(() => {});
  });

  return {
    room,
    wish,
    phase: readonly(phase),
    state: readonly(state),
    isRestarting: readonly(isRestarting),
    mediaState: readonly(mediaState),
    problem,
    join,
    leave,
    endForAll,
    attempt,
  };
}
