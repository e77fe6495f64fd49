import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ref, type Ref } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import type { Person } from './person.ts';
import { usePeople } from './use-people.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const isMicrophoneOn = ref(true);
const isCameraOn = ref(false);
let meeting: Meeting;
let people: Readonly<Ref<readonly Person[]>>;

beforeEach(() => {
  vi.stubGlobal('window', {});
  isMicrophoneOn.value = true;
  ({ meeting, inside: people } = openPage((meeting) => usePeople(meeting, { isMicrophoneOn, isCameraOn }, 'Ann')));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function ben(more: object = {}): object {
  const microphone = { source: 'microphone', muted: true };
  const tracks = [microphone, { source: 'camera', muted: false }];
  const known = { participantId: 'b', name: 'Ben', role: 'guest', isAway: false, handRaisedAt: null };
  return { ...known, isVideoReceived: true, tracks, ...more };
}

describe('the list of people', () => {
  it('has us, and the others with their signs', async () => {
    scene.room.role = 'host';
    scene.room.participants = [ben({ isAway: true })];
    await meeting.join(ann);
    expect(people.value).toMatchObject([
      { id: 'own', name: 'Ann', isOwn: true, isHost: true, isMicrophoneOn: true, isCameraOn: false },
      { id: 'b', name: 'Ben', isOwn: false, isHost: false, isAway: true, isMicrophoneOn: false, isCameraOn: true },
    ]);
  });

  it('follows who comes, changes and goes, and our own devices', async () => {
    await meeting.join(ann);
    expect(people.value).toHaveLength(1);
    scene.room.participants = [ben()];
    scene.room.fire('participantJoined', ben());
    scene.room.participants = [ben({ handRaisedAt: 7, role: 'host' })];
    scene.room.fire('participantChanged', ben());
    expect(people.value).toMatchObject([{ name: 'Ben', handRaisedAt: 7, isHost: true }, { name: 'Ann' }]);
    isMicrophoneOn.value = false;
    expect(people.value[1]).toMatchObject({ isMicrophoneOn: false });
    scene.room.participants = [];
    scene.room.fire('participantLeft', ben());
    expect(people.value).toHaveLength(1);
  });

  it('puts our own raised hand where it belongs, and follows our role', async () => {
    scene.room.participants = [ben({ handRaisedAt: 7 })];
    await meeting.join(ann);
    scene.room.handRaisedAt = 3;
    scene.room.fire('handChanged', 3);
    scene.room.role = 'host';
    scene.room.fire('roleChanged', 'host');
    expect(people.value).toMatchObject([{ name: 'Ann', handRaisedAt: 3, isHost: true }, { name: 'Ben' }]);
  });
});
