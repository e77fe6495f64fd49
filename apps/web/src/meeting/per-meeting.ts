import { useMeetingContext } from './meeting-context.ts';
import type { Meeting } from './use-meeting.ts';

/**
 * State that lasts as long as the stay, whichever component asks for it first: every component of one meeting gets the
 * same. `make` may hold refs, and must not listen to anything: the components that use the state come and go.
 */
export function perMeeting<State>(make: (meeting: Meeting) => State): (meeting?: Meeting) => State {
  const states = new WeakMap<Meeting, State>();
  return (meeting = useMeetingContext()) => {
    const known = states.get(meeting);
    if (known !== undefined) return known;
    const made = make(meeting);
    states.set(meeting, made);
    return made;
  };
}
