import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type Tiles, useTiles } from './use-tiles.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

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
    const screen = { trackId: 's', source: 'screen', muted: false, isRefused: false, mediaStreamTrack: 'picture' };
    const sound = { ...screen, trackId: 'a', source: 'screen-audio', mediaStreamTrack: 'sound' };
    scene.room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks: [screen, sound] }];
    scene.room.fire('participantChanged');
    expect(stage.screens.value).toEqual([
      { id: 's', name: 'Ben', isAway: false, isRefused: false, video: 'picture', audio: 'sound' },
    ]);
    expect(stage.tiles.value).toMatchObject([{ picture: 'none', isMuted: true, audio: undefined }]);
    scene.room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks: [] }];
    scene.room.fire('participantChanged');
    expect(stage.screens.value).toEqual([]);
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
    scene.room.participants = [{ participantId: 'b', name: 'Ben', isAway: false, tracks }];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ id: 'b', name: 'Ben', picture, isMuted: true }]);
  });

  it('is muted without a microphone, or with a muted one', async () => {
    await meeting.join(ann);
    const microphone = { source: 'microphone', muted: false, isRefused: false, mediaStreamTrack: 'sound' };
    scene.room.participants = [{ participantId: 'b', name: 'Ben', isAway: true, tracks: [microphone] }];
    scene.room.fire('participantJoined');
    expect(stage.tiles.value).toMatchObject([{ isMuted: false, isAway: true, audio: 'sound' }]);
    scene.room.participants = [
      { participantId: 'b', name: 'Ben', isAway: false, tracks: [{ ...microphone, muted: true }] },
    ];
    scene.room.fire('participantChanged');
    expect(stage.tiles.value).toMatchObject([{ isMuted: true }]);
  });
});
