import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { computed } from 'vue';
import { FakeRoom, scene } from './test/fake-room.ts';
import { ann, openPage } from './test/meeting-scene.ts';
import type { Meeting } from './use-meeting.ts';
import { type PersonActions, usePersonActions } from './use-person-actions.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('./test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let actions: PersonActions;

beforeEach(() => {
  vi.stubGlobal('window', {});
  ({ meeting, inside: actions } = openPage(usePersonActions));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what we hear of a person', () => {
  it('is everything until it is turned down, and is the same for every component', () => {
    const volume = computed(() => actions.soundOf('b').volume);
    expect(volume.value).toBe(100);
    usePersonActions(meeting).setVolume('b', 30);
    expect(volume.value).toBe(30);
    expect(actions.soundOf('c').volume).toBe(100);
  });

  it('keeps its volume while it is muted, and is heard again when the slider is moved', () => {
    actions.setVolume('b', 30);
    actions.setMutedForMe('b', true);
    expect(actions.soundOf('b')).toEqual({ volume: 30, isMutedForMe: true });
    actions.setVolume('b', 40);
    expect(actions.soundOf('b')).toEqual({ volume: 40, isMutedForMe: false });
  });

  it('stays within 0 and 100', () => {
    actions.setVolume('b', -1);
    expect(actions.soundOf('b').volume).toBe(0);
    actions.setVolume('b', 101);
    expect(actions.soundOf('b').volume).toBe(100);
  });

  it('is forgotten with the person', () => {
    actions.setVolume('b', 30);
    actions.askToRemove('b');
    actions.forget('b');
    expect(actions.soundOf('b').volume).toBe(100);
    expect(actions.removing.value).toBe(undefined);
  });
});

describe('the video of a person', () => {
  it('is no more received, and again', async () => {
    await meeting.join(ann);
    await actions.setVideoReceived('b', false);
    await actions.setVideoReceived('b', true);
    expect(scene.room.calls).toEqual(['stop video of b', 'receive video of b']);
  });
});

describe('what is ours', () => {
  it('is no more sent to a person, and again; what is refused is the problem shown', async () => {
    await meeting.join(ann);
    await actions.setSentTo('b', false);
    await actions.setSentTo('b', true);
    expect(scene.room.calls).toEqual(['send nothing to b', 'send to b']);
    scene.room.refusal = new Error('Too often.');
    await actions.setSentTo('b', false);
    expect(meeting.problem.value?.message).toBe('Too often.');
  });
});

describe('a host', () => {
  it('removes somebody only after saying so twice', async () => {
    await meeting.join(ann);
    actions.askToRemove('b');
    expect(actions.removing.value).toBe('b');
    actions.cancelRemoval();
    await actions.confirmRemoval();
    expect(scene.room.calls).toEqual([]);
    actions.askToRemove('b');
    await actions.confirmRemoval();
    expect(scene.room.calls).toEqual(['remove b']);
    expect(actions.removing.value).toBe(undefined);
  });

  it('asks to mute and lowers hands; what is refused is the problem shown', async () => {
    await meeting.join(ann);
    expect(await actions.askToMute('b', 'microphone')).toBe(true);
    await actions.lowerHand('b');
    expect(scene.room.calls).toEqual(['ask to mute microphone of b', 'lower hand of b']);
    scene.room.moderation.remove = () => Promise.reject(new Error('Gone.'));
    scene.room.moderation.askToMute = () => Promise.reject(new Error('Gone.'));
    expect(await actions.askToMute('b', 'camera')).toBe(false);
    actions.askToRemove('b');
    await actions.confirmRemoval();
    expect(meeting.problem.value?.message).toBe('Gone.');
  });
});

describe('another stay', () => {
  it('begins without the questions and settings of the one before', async () => {
    await meeting.join(ann);
    const before = usePersonActions(meeting);
    before.setVolume('b', 30);
    before.askToRemove('b');
    expect(usePersonActions(meeting).removing.value).toBe('b');
    await meeting.leave();
    scene.room = new FakeRoom();
    await meeting.join(ann);
    const after = usePersonActions(meeting);
    expect(after.removing.value).toBe(undefined);
    expect(after.soundOf('b').volume).toBe(100);
  });
});
