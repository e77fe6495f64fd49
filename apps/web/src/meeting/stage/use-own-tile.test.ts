import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ref, ref } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { useOwnDevices } from '../use-own-devices.ts';
import type { Tile } from './tile.ts';
import { useSpoken } from './use-spoken.ts';
import { useOwnTile } from './use-tiles.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const name = ref('Ann');
let meeting: Meeting;
let tile: Readonly<Ref<Tile>>;
let spoken: Readonly<Ref<readonly string[]>>;

beforeEach(() => {
  vi.stubGlobal('window', {});
  ({
    meeting,
    inside: { tile, spoken },
  } = openPage((opened) => ({
    tile: useOwnTile(opened, useOwnDevices(opened), () => name.value),
    spoken: useSpoken(opened),
  })));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function speak(...ids: readonly string[]): void {
  scene.room.activeSpeakers = ids;
  scene.room.fire('activeSpeakersChanged', ids);
}

describe('our own tile', () => {
  it('says what the others see of us: picture, mute sign, hand, role', async () => {
    scene.room.localTracks = [{ source: 'camera', muted: false, track: 'picture' }];
    await meeting.join(ann);
    expect(tile.value).toMatchObject({ id: 'own', name: 'Ann', isOwn: true, isMuted: true, picture: 'shown' });
    scene.room.role = 'host';
    scene.room.fire('roleChanged', 'host');
    expect(tile.value.isHost).toBe(true);
    scene.room.localTracks = [];
    scene.room.missing = ['camera'];
    scene.room.fire('localTrackChanged');
    expect(tile.value.picture).toBe('none');
    scene.room.missing = [];
    scene.room.fire('localTrackChanged');
    expect(tile.value.picture).toBe('off');
  });

  it('has no picture of a camera that was pulled out, until another one is there', async () => {
    const camera = { readyState: 'live' };
    scene.room.localTracks = [{ source: 'camera', muted: false, track: camera }];
    await meeting.join(ann);
    camera.readyState = 'ended';
    scene.room.fire('error', new CodedError('device-lost', '', { source: 'camera' }));
    expect(tile.value).toMatchObject({ picture: 'none', video: undefined });
    scene.room.localTracks = [{ source: 'camera', muted: false, track: { readyState: 'live' } }];
    scene.room.fire('localTrackChanged', scene.room.localTracks[0]);
    expect(tile.value.picture).toBe('shown');
  });

  it('shows that we are heard, and how our connection does', async () => {
    await meeting.join(ann);
    speak('b', scene.room.participantId);
    expect(tile.value.isSpeaking).toBe(true);
    speak('b');
    expect(tile.value.isSpeaking).toBe(false);
    scene.room.quality = { level: 2, reason: 'loss' };
    scene.room.fire('qualityChanged', scene.room.quality, scene.room.participantId);
    expect(tile.value.quality).toEqual({ level: 2, reason: 'loss' });
  });
});

describe('who spoke', () => {
  it('is remembered, the last one first, without us', async () => {
    await meeting.join(ann);
    speak('b');
    speak('c', scene.room.participantId, 'b');
    speak();
    expect(spoken.value).toEqual(['c', 'b']);
    speak('b');
    expect(spoken.value).toEqual(['b', 'c']);
  });

  it('is nobody who sends us nothing', async () => {
    await meeting.join(ann);
    scene.room.participants = [{ participantId: 'b', isWithholding: true }];
    speak('b', 'c');
    expect(spoken.value).toEqual(['c']);
  });

  it('is forgotten when 32 others spoke since', async () => {
    await meeting.join(ann);
    for (let index = 0; index <= 32; index++) speak(`p${index}`);
    expect(spoken.value).toHaveLength(32);
    expect(spoken.value).not.toContain('p0');
  });
});
