import { inject, type InjectionKey, provide } from 'vue';
import type { Meeting } from './use-meeting.ts';

const key: InjectionKey<Meeting> = Symbol('meeting');

/** Lets every component below find the meeting. */
export function provideMeeting(meeting: Meeting): void {
  provide(key, meeting);
}

/** The meeting that the page of this component is in. */
export function useMeetingContext(): Meeting {
  const meeting = inject(key);
  if (meeting === undefined) throw new Error('This component stands in no meeting.');
  return meeting;
}
