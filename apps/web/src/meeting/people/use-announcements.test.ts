import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { gatherMs } from './arrivals.ts';
import { returnMs } from './awaited-returns.ts';
import { type Announcement, useAnnouncements } from './use-announcements.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let close: () => void;
let told: Announcement[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', {});
  told = [];
  ({ meeting, close } = openPage((meeting) => useAnnouncements(meeting, (announcement) => told.push(announcement))));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const guest = { role: 'guest', handRaisedAt: null } as const;

function ben(more: object = {}): object {
  return { participantId: 'b', name: 'Ben', ...guest, ...more };
}

describe('it is announced', () => {
  it('who came and who went, together within a moment', async () => {
    await meeting.join(ann);
    scene.room.fire('participantJoined', ben());
    scene.room.fire('participantJoined', { participantId: 'c', name: 'Cleo', ...guest });
    scene.room.fire('participantLeft', { participantId: 'd', name: 'Dan', ...guest });
    expect(told).toEqual([]);
    vi.advanceTimersByTime(gatherMs);
    expect(told).toEqual([
      { type: 'came', names: ['Ben', 'Cleo'] },
      { type: 'went', names: ['Dan'] },
    ]);
  });

  it('not who came and went within a moment, and nothing after the end', async () => {
    await meeting.join(ann);
    scene.room.fire('participantJoined', ben());
    scene.room.fire('participantLeft', ben());
    vi.advanceTimersByTime(gatherMs);
    scene.room.fire('participantJoined', ben());
    close();
    vi.advanceTimersByTime(gatherMs);
    expect(told).toEqual([]);
  });

  it('who raised a hand, but not whose was raised before or is again lowered', async () => {
    scene.room.participants = [ben({ handRaisedAt: 5 })];
    await meeting.join(ann);
    scene.room.fire('participantChanged', ben({ handRaisedAt: 5 }));
    scene.room.fire('participantChanged', ben());
    expect(told).toEqual([]);
    scene.room.fire('participantChanged', ben({ handRaisedAt: 9 }));
    scene.room.fire('participantChanged', ben({ handRaisedAt: 9, isAway: true }));
    expect(told).toEqual([{ type: 'hand-raised', name: 'Ben' }]);
  });

  it('who became a host, we or another', async () => {
    scene.room.participants = [ben()];
    await meeting.join(ann);
    scene.room.fire('participantChanged', ben({ role: 'host' }));
    scene.room.fire('roleChanged', 'host');
    expect(told).toEqual([
      { type: 'became-host', name: 'Ben' },
      { type: 'own-role', role: 'host' },
    ]);
  });

  it('that we opened the room, or came as a host', async () => {
    scene.room.role = 'host';
    await meeting.join(ann);
    expect(told).toEqual([{ type: 'entered-as-host', isAlone: true }]);
  });

  it('that the room is locked or open', async () => {
    await meeting.join(ann);
    scene.room.fire('lockChanged', true);
    expect(told).toEqual([{ type: 'lock', isLocked: true }]);
  });

  it('nothing of those who come back as we do when the server is back', async () => {
    scene.room.participants = [ben(), ben({ participantId: 'c' }), ben({ participantId: 'd', name: 'Dan' })];
    await meeting.join(ann);
    scene.room.fire('stateChanged', 'reconnecting');
    scene.room.participantId = 'own again';
    for (const participant of scene.room.participants) scene.room.fire('participantLeft', participant);
    scene.room.fire('participantJoined', ben({ participantId: 'b again' }));
    scene.room.fire('stateChanged', 'connected');
    vi.advanceTimersByTime(returnMs - 1);
    scene.room.fire('participantJoined', ben({ participantId: 'd again', name: 'Dan' }));
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([{ type: 'went', names: ['Ben'] }]);
  });

  it('at once, who else comes or goes when the server is back', async () => {
    scene.room.participants = [ben()];
    await meeting.join(ann);
    scene.room.participantId = 'own again';
    scene.room.fire('participantLeft', ben());
    scene.room.fire('stateChanged', 'connected');
    scene.room.fire('participantJoined', ben({ participantId: 'b again' }));
    scene.room.fire('participantJoined', ben({ participantId: 'c', name: 'Cleo' }));
    vi.advanceTimersByTime(gatherMs);
    scene.room.fire('participantLeft', ben({ participantId: 'b again' }));
    vi.advanceTimersByTime(gatherMs);
    expect(told).toEqual([
      { type: 'came', names: ['Cleo'] },
      { type: 'went', names: ['Ben'] },
    ]);
  });

  it('at once, who went while our connection was away and our place kept', async () => {
    scene.room.participants = [ben()];
    await meeting.join(ann);
    scene.room.fire('stateChanged', 'reconnecting');
    scene.room.fire('participantLeft', ben());
    vi.advanceTimersByTime(gatherMs);
    expect(told).toEqual([{ type: 'went', names: ['Ben'] }]);
  });

  it('not that we are a guest because the room was opened anew, but when it is a host that we became', async () => {
    await meeting.join(ann);
    scene.room.participantId = 'own again';
    scene.room.fire('roleChanged', 'guest');
    expect(told).toEqual([]);
    scene.room.fire('roleChanged', 'host');
    scene.room.fire('stateChanged', 'connected');
    scene.room.fire('roleChanged', 'guest');
    expect(told).toEqual([
      { type: 'own-role', role: 'host' },
      { type: 'own-role', role: 'guest' },
    ]);
  });
});
