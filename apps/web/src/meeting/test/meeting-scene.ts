import { effectScope } from 'vue';
import { type Meeting, useMeeting } from '../use-meeting.ts';
import { FakeRoom, scene } from './fake-room.ts';

/** Who joins in these tests, and with what. */
export const ann = { room: 'a', name: 'Ann', camera: {}, microphone: {} } as const;

/** A page that is open until `close`, in front of a fresh room; `setup` runs as a component's would. */
export function openPage<Inside>(setup: (meeting: Meeting) => Inside): {
  readonly meeting: Meeting;
  readonly inside: Inside;
  readonly close: () => void;
} {
  scene.room = new FakeRoom();
  scene.joining = async () => scene.room;
  const effects = effectScope();
  const opened = effects.run(() => {
    const meeting = useMeeting();
    return { meeting, inside: setup(meeting) };
  });
  if (opened === undefined) throw new Error('The scope is over.');
  return { ...opened, close: () => effects.stop() };
}
