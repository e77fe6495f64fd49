import type { Room } from '@rivero/sdk';
import { useMeetingContext } from './meeting-context.ts';
import type { Meeting } from './use-meeting.ts';

interface Stay<State> {
  /** Undefined until we are inside. */
  room: Room | undefined;
  readonly state: State;
}

/**
 * State that lasts as long as the stay, whichever component asks for it first: every component of one stay gets the
 * same, and who joins again begins anew. `make` may hold refs, and must not listen to anything: the components that use
 * the state come and go.
 */
export function perMeeting<State>(make: (meeting: Meeting) => State): (meeting?: Meeting) => State {
  const stays = new WeakMap<Meeting, Stay<State>>();
  return (meeting = useMeetingContext()) => {
    const { value: room } = meeting.room;
    const known = stays.get(meeting);
    if (known !== undefined && (known.room === undefined || room === undefined || known.room === room)) {
      known.room ??= room;
      return known.state;
    }
    const state = make(meeting);
    stays.set(meeting, { room, state });
    return state;
  };
}
