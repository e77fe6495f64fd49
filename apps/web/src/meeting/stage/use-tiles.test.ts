import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type Tiles, useTiles } from './use-tiles.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const received = { muted: false, isRefused: false, isReceived: true };
const ben = {
  participantId: 'b',
  name: 'Ben',
  isAway: false,
  role: 'guest',
  handRaisedAt: null,
  isSpeaking: false,
  isVideoReceived: true,
  isSentTo: true,
  isWithholding: false,
  quality: { level: 5, reason: 'good' },
};

let meeting: Meeting;
let stage: Tiles;

beforeEach(() => {
  vi.stubGlobal('window', {});
  ({ meeting, inside: stage } = openPage(useTiles));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a shared screen', () => {
  it('of somebody else has a name and sound, and goes with its track', async () => {
    await meeting.join(ann);
    const screen = { ...received, trackId: 's', source: 'screen', mediaStreamTrack: 'picture' };
    const sound = { ...screen, trackId: 'a', source: 'screen-audio', mediaStreamTrack: 'sound' };
    scene.room.participants = [{ ...ben, tracks: [screen, sound] }];
    scene.room.fire('participantChanged');
    expect(stage.screens.value).toEqual([
      {
        id: 's',
        participantId: 'b',
        name: 'Ben',
        isAway: false,
        isRefused: false,
        isVideoReceived: true,
        video: 'picture',
        audio: 'sound',
      },
    ]);
    expect(stage.tiles.value).toMatchObject([{ picture: 'none', isMuted: true, audio: undefined }]);
    scene.room.participants = [{ ...ben, tracks: [] }];
    scene.room.fire('participantChanged');
    expect(stage.screens.value).toEqual([]);
  });
});

describe('shared screens', () => {
  it('keep the order in which they began, whoever came first', async () => {
    await meeting.join(ann);
    const of = (trackId: string): object => ({ ...received, trackId, source: 'screen' });
    const eve = { ...ben, participantId: 'e', name: 'Eve' };
    scene.room.participants = [
      { ...ben, tracks: [] },
      { ...eve, tracks: [of('e1')] },
    ];
    scene.room.fire('participantChanged');
    scene.room.participants = [
      { ...ben, tracks: [of('b1')] },
      { ...eve, tracks: [of('e1')] },
    ];
    scene.room.fire('participantChanged');
    expect(stage.screens.value.map(({ id }) => id)).toEqual(['e1', 'b1']);
  });
});

describe('a tile', () => {
  const track = { ...received, source: 'camera', mediaStreamTrack: 'picture' };

  it.each([
    ['none', []],
    ['none', [{ ...track, source: 'screen' }]],
    ['off', [{ ...track, muted: true, isRefused: true }]],
    ['refused', [{ ...track, isRefused: true, mediaStreamTrack: undefined }]],
    ['coming', [{ ...track, mediaStreamTrack: undefined }]],
    ['coming', [{ ...track, isReceived: false }]],
    ['shown', [track]],
  ])('has the picture %s for the tracks %j', async (picture, tracks) => {
    await meeting.join(ann);
    scene.room.participants = [{ ...ben, tracks }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ id: 'b', name: 'Ben', picture, isMuted: true }]);
  });

  it('says that its video was stopped by us, unless the camera is off anyhow', async () => {
    await meeting.join(ann);
    const camera = { ...track, isReceived: false };
    scene.room.participants = [{ ...ben, isVideoReceived: false, tracks: [camera] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ picture: 'stopped', isVideoReceived: false }]);
    scene.room.participants = [{ ...ben, isVideoReceived: false, tracks: [{ ...camera, muted: true }] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ picture: 'off' }]);
  });

  it('says that its owner sends us nothing, whatever there is, and neither speaks nor shares a screen then', async () => {
    await meeting.join(ann);
    const screen = { ...track, source: 'screen' };
    for (const tracks of [[], [{ ...track, muted: true }], [track, screen]]) {
      scene.room.participants = [{ ...ben, isWithholding: true, isSpeaking: true, tracks }];
      scene.room.fire('participantChanged');
      expect(stage.tiles.value).toMatchObject([{ picture: 'withheld', isSpeaking: false }]);
      expect(stage.screens.value).toEqual([]);
    }
  });

  it('shows whom we send nothing', async () => {
    await meeting.join(ann);
    scene.room.participants = [{ ...ben, isSentTo: false, tracks: [track] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ picture: 'shown', isSentTo: false }]);
  });

  it('shows who is host, speaks, and has a hand up', async () => {
    await meeting.join(ann);
    scene.room.participants = [{ ...ben, tracks: [] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ isHost: false, isSpeaking: false, isHandRaised: false }]);
    scene.room.participants = [{ ...ben, role: 'host', handRaisedAt: 1, isSpeaking: true, tracks: [] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ isHost: true, isSpeaking: true, isHandRaised: true }]);
  });

  it('is muted without a microphone, or with a muted one', async () => {
    await meeting.join(ann);
    const microphone = { ...received, source: 'microphone', mediaStreamTrack: 'sound' };
    scene.room.participants = [{ ...ben, isAway: true, tracks: [microphone] }];
    scene.room.fire('participantJoined');
    expect(stage.tiles.value).toMatchObject([{ isMuted: false, isAway: true, audio: 'sound' }]);
    scene.room.participants = [{ ...ben, tracks: [{ ...microphone, muted: true }] }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ isMuted: true }]);
  });
});
