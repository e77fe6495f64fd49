import { CodedError, type JoinOptions } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRenderer } from 'vue';
import { type Meeting, useMeeting } from './use-meeting.ts';

type Listener = (...values: readonly unknown[]) => void;

/** As much of the SDK's room as the page touches. */
class FakeRoom {
  state = 'connected';
  mediaState = 'connecting';
  participants: readonly unknown[] = [];
  localTracks: readonly { readonly source: string; readonly muted?: boolean; readonly track?: unknown }[] = [];
  missing: readonly string[] = [];
  readonly calls: string[] = [];
  readonly #listeners = new Map<string, Listener>();

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, listener);
  }

  fire(name: string, ...values: readonly unknown[]): void {
    this.#listeners.get(name)?.(...values);
  }

  async setCameraMuted(muted: boolean): Promise<void> {
    this.calls.push(`camera ${muted ? 'off' : 'on'}`);
    if (!muted) throw new CodedError('device-busy', 'In use.');
    this.localTracks = this.localTracks.map((track) => (track.source === 'camera' ? { ...track, muted } : track));
  }

  async setMicrophoneMuted(muted: boolean): Promise<void> {
    this.calls.push(`microphone ${muted ? 'off' : 'on'}`);
  }

  async publishCamera(device: MediaTrackConstraints): Promise<void> {
    this.calls.push(`publish ${JSON.stringify(device.deviceId)}`);
    throw new CodedError('device-busy', 'In use.');
  }

  async publishMicrophone(): Promise<void> {
    this.calls.push('publish microphone');
  }

  async publishScreen(options: unknown): Promise<void> {
    this.calls.push(`share ${JSON.stringify(options)}`);
    this.localTracks = [{ source: 'screen', muted: false, track: undefined }];
  }

  async unpublishScreen(): Promise<void> {
    this.calls.push('share no more');
    this.localTracks = [];
  }

  async leave(): Promise<void> {
    this.calls.push('leave');
    this.fire('stateChanged', 'left');
  }
}

let room: FakeRoom;
let joining: (options: JoinOptions) => Promise<FakeRoom>;
let meeting: Meeting;
let close: () => void;

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  joinRoom: (options: JoinOptions) => joining(options),
}));

/** A renderer without a page: components live and end, and nothing is drawn. */
const { createApp } = createRenderer<object, object>({
  patchProp: () => {},
  insert: () => {},
  remove: () => {},
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  setText: () => {},
  setElementText: () => {},
  parentNode: () => null,
  nextSibling: () => null,
});

beforeEach(() => {
  vi.stubGlobal('window', {});
  room = new FakeRoom();
  joining = async () => room;
  const opened: Meeting[] = [];
  const app = createApp({
    setup() {
      opened.push(useMeeting());
      return () => null;
    },
  });
  app.mount({});
  close = () => app.unmount();
  [meeting] = opened as [Meeting];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const ann = { room: 'a', name: 'Ann', camera: {}, microphone: {} } as const;

describe('a meeting', () => {
  it('is joined with what was asked for', async () => {
    const asked: JoinOptions[] = [];
    joining = async (options) => {
      asked.push(options);
      return room;
    };
    await meeting.join(ann);
    await meeting.leave();
    await meeting.join({ ...ann, camera: false });
    expect(asked).toEqual([ann, { ...ann, camera: false }]);
    expect(meeting.phase.value).toBe('inside');
  });

  it('joined without a camera opens the chosen one when it is turned on', async () => {
    vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'rivero.camera' ? 'c2' : null) });
    await meeting.join({ ...ann, camera: false, microphone: false });
    await meeting.toggleCamera();
    await meeting.toggleMicrophone();
    expect(room.calls).toEqual(['publish {"ideal":"c2"}', 'publish microphone']);
  });

  it('says which devices are missing until they are there', async () => {
    room.missing = ['camera'];
    await meeting.join(ann);
    expect(meeting.missing.value).toEqual(['camera']);
    expect(meeting.problem.value).toBe(undefined);
    room.missing = [];
    room.fire('localTrackChanged');
    expect(meeting.missing.value).toEqual([]);
  });

  it('is joined once however often the button is pressed', async () => {
    let count = 0;
    joining = async () => {
      count++;
      return room;
    };
    await Promise.all([meeting.join(ann), meeting.join(ann)]);
    await meeting.join(ann);
    expect(count).toBe(1);
  });

  it('that cannot be joined leaves the form open, with the reason', async () => {
    joining = () => Promise.reject(new CodedError('room-full', 'Full.'));
    await meeting.join(ann);
    expect(meeting.phase.value).toBe('outside');
    expect(meeting.problem.value).toEqual({ code: 'room-full', message: 'Full.' });
    joining = () => Promise.reject(new TypeError('odd'));
    await meeting.join(ann);
    expect(meeting.problem.value).toEqual({ code: 'other', message: 'odd' });
  });

  it('whose page is closed is left, devices and all', async () => {
    await meeting.join(ann);
    close();
    expect(room.calls).toEqual(['leave']);
  });

  it('whose page is closed while it is joined is left as soon as it is', async () => {
    let enter = (): void => {};
    joining = () => new Promise((resolve) => (enter = () => resolve(room)));
    const entering = meeting.join(ann);
    close();
    enter();
    await entering;
    expect(room.calls).toEqual(['leave']);
    expect(window.rivero).toBe(undefined);
  });

  it('that the server ends is over, and says why', async () => {
    await meeting.join(ann);
    room.fire('removed', { code: 'room-full', message: 'Full.' });
    room.fire('stateChanged', 'left');
    expect(meeting.phase.value).toBe('left');
    expect(meeting.problem.value?.code).toBe('room-full');
  });

  it('shows errors until the connection is back or a button is pressed; blocked media has its own place', async () => {
    await meeting.join(ann);
    room.fire('error', new CodedError('media-blocked', ''));
    expect(meeting.problem.value).toBe(undefined);
    room.fire('error', new CodedError('server-silent', ''));
    expect(meeting.problem.value?.code).toBe('server-silent');
    room.fire('stateChanged', 'connected');
    expect(meeting.problem.value).toBe(undefined);
    await meeting.toggleCamera();
    expect(meeting.problem.value?.code).toBe('device-busy');
    await meeting.toggleMicrophone();
    expect(meeting.problem.value).toBe(undefined);
  });

  it('whose server is being restarted says that, and nothing else, until it is back', async () => {
    await meeting.join(ann);
    room.fire('error', new CodedError('server-silent', ''));
    room.fire('stateChanged', 'reconnecting', { code: 'server-stopping', message: '' });
    expect(meeting.isRestarting.value).toBe(true);
    expect(meeting.problem.value).toBe(undefined);
    room.fire('error', new CodedError('server-silent', ''));
    expect(meeting.problem.value).toBe(undefined);
    room.fire('stateChanged', 'connected');
    expect(meeting.isRestarting.value).toBe(false);
    room.fire('stateChanged', 'reconnecting');
    expect(meeting.isRestarting.value).toBe(false);
    room.fire('error', new CodedError('device-lost', ''));
    expect(meeting.problem.value?.code).toBe('device-lost');
  });

  it('toggles what is on to off and back', async () => {
    room.localTracks = [
      { source: 'camera', muted: false, track: undefined },
      { source: 'microphone', muted: true, track: undefined },
    ];
    await meeting.join(ann);
    expect([meeting.isCameraOn.value, meeting.isMicrophoneOn.value]).toEqual([true, false]);
    await meeting.toggleCamera();
    expect(meeting.isCameraOn.value).toBe(false);
    await meeting.toggleMicrophone();
    await meeting.toggleCamera();
    expect(room.calls).toEqual(['camera off', 'microphone on', 'camera on']);
  });
});

describe('a shared screen', () => {
  it('is ours by a button, with its sound, and ends by the same button or by the browser', async () => {
    await meeting.join(ann);
    await meeting.toggleScreen();
    expect(meeting.isSharing.value).toBe(true);
    await meeting.toggleScreen();
    expect(room.calls).toEqual(['share {"audio":true}', 'share no more']);
    await meeting.toggleScreen();
    room.localTracks = [];
    room.fire('localTrackChanged');
    expect(meeting.isSharing.value).toBe(false);
  });

  it('cannot be ours in a browser without such a thing', () => {
    expect(meeting.canShare).toBe(false);
  });

  it('of somebody else has a name and sound, and goes with its track', async () => {
    await meeting.join(ann);
    const screen = { trackId: 's', source: 'screen', muted: false, isRefused: false, mediaStreamTrack: 'picture' };
    const sound = { ...screen, trackId: 'a', source: 'screen-audio', mediaStreamTrack: 'sound' };
    room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks: [screen, sound] }];
    room.fire('participantChanged');
    expect(meeting.screens.value).toEqual([
      { id: 's', name: 'Ben', isAway: false, isRefused: false, video: 'picture', audio: 'sound' },
    ]);
    expect(meeting.tiles.value).toMatchObject([{ picture: 'none', isMuted: true, audio: undefined }]);
    room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks: [] }];
    room.fire('participantChanged');
    expect(meeting.screens.value).toEqual([]);
  });
});

describe('a tile', () => {
  const track = { source: 'camera', muted: false, isRefused: false, mediaStreamTrack: 'picture' };

  it.each([
    ['none', []],
    ['none', [{ ...track, source: 'screen' }]],
    ['off', [{ ...track, muted: true, isRefused: true }]],
    ['refused', [{ ...track, isRefused: true, mediaStreamTrack: undefined }]],
    ['coming', [{ ...track, mediaStreamTrack: undefined }]],
    ['shown', [track]],
  ])('has the picture %s for the tracks %j', async (picture, tracks) => {
    await meeting.join(ann);
    room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks }];
    room.fire('participantChanged');
    expect(meeting.tiles.value).toMatchObject([{ id: 'b', name: 'Ben', picture, isMuted: true }]);
  });

  it('is muted without a microphone, or with a muted one', async () => {
    await meeting.join(ann);
    const microphone = { source: 'microphone', muted: false, isRefused: false, mediaStreamTrack: 'sound' };
    room.participants = [{ participantId: 'b', name: 'Ben', isAway: true, tracks: [microphone] }];
    room.fire('participantJoined');
    expect(meeting.tiles.value).toMatchObject([{ isMuted: false, isAway: true, audio: 'sound' }]);
    room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks: [{ ...microphone, muted: true }] }];
    room.fire('participantChanged');
    expect(meeting.tiles.value).toMatchObject([{ isMuted: true }]);
  });
});
