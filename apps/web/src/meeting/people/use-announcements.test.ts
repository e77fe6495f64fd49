import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { gatherMs } from './arrivals.ts';
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
});
