import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRoom, scene } from './test/fake-room.ts';
import { ann, openPage } from './test/meeting-scene.ts';
import type { Meeting } from './use-meeting.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('./test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let close: () => void;

beforeEach(() => {
  vi.stubGlobal('window', {});
  ({ meeting, close } = openPage(() => {}));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a meeting', () => {
  it('is joined with what was asked for', async () => {
    const asked: unknown[] = [];
    scene.joining = async (options) => {
      asked.push(options);
      return scene.room;
    };
    await meeting.join(ann);
    await meeting.leave();
    await meeting.join({ ...ann, camera: false });
    expect(asked).toEqual([ann, { ...ann, camera: false }]);
    expect(meeting.phase.value).toBe('inside');
  });

  it('is joined with another camera where the chosen one is gone', async () => {
    const asked: unknown[] = [];
    scene.joining = async (options) => {
      asked.push(options);
      if (asked.length === 1) throw new CodedError('device-unsuitable', '', { kind: 'camera' });
      return scene.room;
    };
    await meeting.join({ ...ann, camera: { deviceId: { exact: 'gone' } } });
    expect(meeting.phase.value).toBe('inside');
    expect(asked).toMatchObject([{ camera: { deviceId: { exact: 'gone' } } }, { camera: { height: { ideal: 720 } } }]);
  });

  it('is joined once however often the button is pressed', async () => {
    let count = 0;
    scene.joining = async () => {
      count++;
      return scene.room;
    };
    await Promise.all([meeting.join(ann), meeting.join(ann)]);
    await meeting.join(ann);
    expect(count).toBe(1);
  });

  it('that cannot be joined leaves the form open, with the reason', async () => {
    scene.joining = () => Promise.reject(new CodedError('room-full', 'Full.'));
    await meeting.join(ann);
    expect(meeting.phase.value).toBe('outside');
    expect(meeting.problem.value).toEqual({ code: 'room-full', message: 'Full.' });
    scene.joining = () => Promise.reject(new TypeError('odd'));
    await meeting.join(ann);
    expect(meeting.problem.value).toEqual({ code: 'other', message: 'odd' });
  });

  it('whose page is closed is left, devices and all', async () => {
    await meeting.join(ann);
    close();
    expect(scene.room.calls).toEqual(['leave']);
  });

  it('whose page is closed while it is joined is left as soon as it is', async () => {
    let enter = (): void => {};
    scene.joining = () => new Promise((resolve) => (enter = () => resolve(scene.room)));
    const entering = meeting.join(ann);
    close();
    enter();
    await entering;
    expect(scene.room.calls).toEqual(['leave']);
    expect(window.rivero).toBe(undefined);
  });

  it('that the server ends is over, and says why', async () => {
    await meeting.join(ann);
    scene.room.fire('removed', { code: 'room-full', message: 'Full.' });
    scene.room.fire('stateChanged', 'left');
    expect(meeting.phase.value).toBe('left');
    expect(meeting.problem.value?.code).toBe('room-full');
  });

  it('keeps the reason of its end, whatever was asked for last', async () => {
    await meeting.join(ann);
    scene.room.fire('removed', { code: 'removed-by-host', message: '' });
    scene.room.fire('stateChanged', 'left');
    // As a held key does that is let go.
    await meeting.attempt(() => undefined);
    expect(meeting.problem.value?.code).toBe('removed-by-host');
  });

  it('that was left, or joined anew, is not troubled by what fails of before', async () => {
    await meeting.join(ann);
    let fail = (): void => {};
    const failing = (): Promise<void> =>
      meeting.attempt(() => new Promise((_, reject) => (fail = () => reject(new CodedError('not-in-room', '')))));
    const before = failing();
    await meeting.leave();
    fail();
    await before;
    expect(meeting.problem.value).toBe(undefined);

    scene.room = new FakeRoom();
    await meeting.join(ann);
    const old = failing();
    await meeting.leave();
    scene.room = new FakeRoom();
    await meeting.join(ann);
    fail();
    await old;
    expect(meeting.problem.value).toBe(undefined);
  });

  it('shows errors until the connection is back or a button is pressed; blocked media has its own place', async () => {
    await meeting.join(ann);
    scene.room.fire('error', new CodedError('media-blocked', ''));
    scene.room.fire('error', new CodedError('relay-unreachable', ''));
    expect(meeting.problem.value).toBe(undefined);
    scene.room.fire('error', new CodedError('server-silent', ''));
    expect(meeting.problem.value?.code).toBe('server-silent');
    scene.room.fire('stateChanged', 'connected');
    expect(meeting.problem.value).toBe(undefined);
    await meeting.attempt(() => Promise.reject(new CodedError('device-busy', '')));
    expect(meeting.problem.value?.code).toBe('device-busy');
    await meeting.attempt(() => undefined);
    expect(meeting.problem.value).toBe(undefined);
  });

  it('whose server is being restarted says that, and nothing else, until it is back', async () => {
    await meeting.join(ann);
    scene.room.fire('error', new CodedError('server-silent', ''));
    scene.room.fire('stateChanged', 'reconnecting', { code: 'server-stopping', message: '' });
    expect(meeting.isRestarting.value).toBe(true);
    expect(meeting.problem.value).toBe(undefined);
    scene.room.fire('error', new CodedError('server-silent', ''));
    expect(meeting.problem.value).toBe(undefined);
    scene.room.fire('stateChanged', 'connected');
    expect(meeting.isRestarting.value).toBe(false);
    scene.room.fire('stateChanged', 'reconnecting');
    expect(meeting.isRestarting.value).toBe(false);
    scene.room.fire('error', new CodedError('device-lost', ''));
    expect(meeting.problem.value?.code).toBe('device-lost');
  });
});
