import type { Track } from '@rivero/api';
import { after, milliseconds, type MonotonicMs, monotonicMs, never } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { countingRandom, FakeConnection } from './test/fake-connection.ts';
import { resumeTimeout, silentTimeout } from './participant.ts';
import { RoomRegistry, roomsMax, type Seat } from './room-registry.ts';

const camera: Track = { trackId: 'camera', kind: 'video', source: 'camera', muted: false };
const microphone: Track = { trackId: 'microphone', kind: 'audio', source: 'microphone', muted: false };

const start = monotonicMs(1_000);
let now: MonotonicMs = start;
let changes: string[] = [];
let registry: RoomRegistry;

interface Guest extends Seat {
  readonly id: string;
  readonly connection: FakeConnection;
}

function join(name: string, roomId = 'room'): Guest {
  const connection = new FakeConnection();
  const seat = registry.join({ roomId, name, connection, now });
  registry.handleNegotiated(seat);
  return { ...seat, id: seat.participant.id, connection };
}

function disconnect(guest: Guest): void {
  registry.handleDisconnect(guest, guest.connection, now);
}

/** The clock goes on; the registry is told. */
function pass(ms: number): void {
  now = after(now, milliseconds(ms));
  registry.handleTimeout(now);
}

beforeEach(() => {
  now = start;
  changes = [];
  registry = new RoomRegistry({
    roomCapacity: 3,
    random: countingRandom(),
    onChange: ({ id }) => void changes.push(id),
  });
});

describe('joining', () => {
  it('is told to those in the room, not to who joins, and not to other rooms', () => {
    const [ann, eve] = [join('Ann'), join('Eve', 'elsewhere')];
    const bob = join('Bob');
    const described = {
      participantId: bob.id,
      name: 'Bob',
      away: false,
      role: 'guest',
      handRaisedAt: null,
      tracks: [],
    };
    expect(ann.connection.take()).toEqual([['participant-joined', { participant: described }]]);
    expect(bob.connection.take()).toEqual([]);
    expect(eve.connection.take()).toEqual([]);
    expect(registry.statistics()).toEqual({ rooms: 2, participants: 3, away: 0 });
    expect(changes).toEqual(['room', 'elsewhere', 'room']);
  });

  it('gives two of one name names and secrets of their own', () => {
    const { participant: one } = join('Ann');
    const { participant: other } = join('Ann');
    expect(new Set([one.id, other.id, one.resumeToken, other.resumeToken]).size).toBe(4);
  });

  it('a full room is refused, and changes nothing, until somebody leaves', () => {
    const [ann, bob] = [join('Ann'), join('Bob'), join('Carl')];
    changes = [];
    ann.connection.take();
    expect(() => join('Dora')).toThrow(expect.objectContaining({ code: 'room-full' }));
    expect(ann.connection.take()).toEqual([]);
    expect(changes).toEqual([]);
    registry.leave(bob, 'left');
    expect(join('Dora').room.participants.size).toBe(3);
  });

  it('somebody who is away still holds a place of a full room', () => {
    const [ann] = [join('Ann'), join('Bob'), join('Carl')];
    disconnect(ann);
    expect(() => join('Dora')).toThrow(expect.objectContaining({ code: 'room-full' }));
    pass(silentTimeout);
    join('Dora');
  });

  it(`takes ${roomsMax} rooms and refuses one more, but not who joins one of them`, () => {
    for (let i = 0; i < roomsMax; i++) join('Ann', `room-${i}`);
    expect(() => join('Ann', 'one-more')).toThrow(expect.objectContaining({ code: 'server-full' }));
    expect(registry.statistics().rooms).toBe(roomsMax);
    const bob = join('Bob', 'room-7');
    expect(bob.room.participants.size).toBe(2);
    for (const participant of bob.room.participants.values()) registry.leave({ room: bob.room, participant }, 'left');
    expect(join('Ann', 'one-more').room.id).toBe('one-more');
  });
});

describe('leaving', () => {
  it.each(['left', 'lost', 'removed'] as const)('is told to the others with its reason: %s', (reason) => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    ann.connection.take();
    registry.leave(bob, reason);
    expect(ann.connection.take()).toEqual([['participant-left', { participantId: bob.id, reason }]]);
    expect(bob.connection.take()).toEqual([]);
  });

  it('a second time does nothing', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.leave(bob, 'left');
    ann.connection.take();
    changes = [];
    registry.leave(bob, 'left');
    disconnect(bob);
    expect(ann.connection.take()).toEqual([]);
    expect(changes).toEqual([]);
    expect(registry.deadline()).toBe(never);
  });

  it('ends the room with the last one; who joins then meets nobody', () => {
    const ann = join('Ann');
    registry.leave(ann, 'left');
    expect(registry.room('room')).toBeUndefined();
    const bob = join('Bob');
    expect(bob.room).not.toBe(ann.room);
    registry.leave(ann, 'left');
    expect(bob.room.has(bob.participant)).toBe(true);
    expect(bob.connection.take()).toEqual([]);
  });
});

describe('a lost socket', () => {
  it('is told as away, and as back when its secret resumes it', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    ann.connection.take();
    disconnect(bob);
    expect(registry.statistics().away).toBe(1);
    expect(bob.participant.describe().away).toBe(true);
    registry.resume(bob.participant.resumeToken, new FakeConnection());
    expect(ann.connection.take()).toEqual([
      ['participant-away', { participantId: bob.id, away: true }],
      ['participant-away', { participantId: bob.id, away: false }],
    ]);
    expect(registry.statistics().away).toBe(0);
    pass(2 * resumeTimeout);
    expect(ann.connection.take()).toEqual([]);
  });

  it('is told nothing of what happens meanwhile; the new one is', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    disconnect(bob);
    registry.setTracks(ann, [camera]);
    const next = new FakeConnection();
    registry.resume(bob.participant.resumeToken, next);
    registry.setMuted(ann, 'camera', true);
    expect(bob.connection.take()).toEqual([]);
    expect(next.take()).toEqual([['track-muted', { participantId: ann.id, trackId: 'camera', muted: true }]]);
  });

  it.each([
    ['connected', resumeTimeout],
    ['disconnected', silentTimeout],
    ['connecting', silentTimeout],
    [undefined, silentTimeout],
    ['failed', milliseconds(0)],
  ] as const)('with media that is %s is waited for %s ms, and not longer', (state, wait) => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.setMediaState(bob, state);
    disconnect(bob);
    ann.connection.take();
    expect(registry.deadline()).toBe(after(now, wait));
    if (wait > 0) pass(wait - 1);
    if (wait > 0) expect(ann.connection.take()).toEqual([]);
    pass(wait > 0 ? 1 : 0);
    expect(ann.connection.take()).toEqual([['participant-left', { participantId: bob.id, reason: 'lost' }]]);
    expect(() => registry.resume(bob.participant.resumeToken, new FakeConnection())).toThrow(
      expect.objectContaining({ code: 'resume-expired' }),
    );
    expect(registry.deadline()).toBe(never);
  });

  it('whose media stops while it is away is waited for as long as a silent one', () => {
    const bob = join('Bob');
    registry.setMediaState(bob, 'connected');
    disconnect(bob);
    pass(silentTimeout);
    expect(registry.statistics().participants).toBe(1);
    registry.setMediaState(bob, 'disconnected');
    pass(0);
    expect(registry.statistics()).toEqual({ rooms: 0, participants: 0, away: 0 });
  });

  it('that is not the present one any more is of no account', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.resume(bob.participant.resumeToken, new FakeConnection());
    ann.connection.take();
    disconnect(bob);
    expect(ann.connection.take()).toEqual([]);
    expect(registry.deadline()).toBe(never);
  });
});

describe('resuming', () => {
  it('replaces the connection before, which is told nothing any more', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    const next = new FakeConnection();
    const seat = registry.resume(bob.participant.resumeToken, next);
    expect(seat.participant).toBe(bob.participant);
    expect(bob.connection.isReplaced).toBe(true);
    expect(next.isReplaced).toBe(false);
    ann.connection.take();
    registry.setTracks(ann, [camera]);
    expect(bob.connection.take()).toEqual([]);
    expect(next.take()).toHaveLength(1);
  });

  it('by the same connection changes nothing', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    ann.connection.take();
    registry.resume(bob.participant.resumeToken, bob.connection);
    expect(bob.connection.isReplaced).toBe(false);
    expect(ann.connection.take()).toEqual([]);
  });

  it('is refused to who has left, and to who guesses', () => {
    const bob = join('Bob');
    registry.leave(bob, 'left');
    for (const secret of [bob.participant.resumeToken, bob.id, '']) {
      expect(() => registry.resume(secret, new FakeConnection())).toThrow(
        expect.objectContaining({ code: 'resume-expired' }),
      );
    }
  });
});

describe('tracks', () => {
  it('that begin, change and end are told to the others in that order: ended, begun', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    ann.connection.take();
    registry.setTracks(bob, [camera]);
    registry.setTracks(bob, [camera, microphone]);
    registry.setTracks(bob, [{ ...microphone, muted: true }]);
    registry.setTracks(bob, [camera]);
    const participantId = bob.id;
    expect(ann.connection.take()).toEqual([
      ['track-published', { participantId, track: camera }],
      ['track-published', { participantId, track: microphone }],
      ['track-unpublished', { participantId, trackId: 'camera' }],
      ['track-muted', { participantId, trackId: 'microphone', muted: true }],
      ['track-unpublished', { participantId, trackId: 'microphone' }],
      ['track-published', { participantId, track: camera }],
    ]);
    expect(bob.connection.take()).toEqual([]);
    expect(bob.participant.describe().tracks).toEqual([camera]);
  });

  it('that stay are told to nobody', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.setTracks(bob, [camera]);
    ann.connection.take();
    const { tracksVersion } = bob.room;
    registry.setTracks(bob, [{ ...camera }]);
    expect(ann.connection.take()).toEqual([]);
    expect(bob.room.tracksVersion).toBe(tracksVersion);
  });

  it('are muted for the others once', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.setTracks(bob, [camera]);
    ann.connection.take();
    registry.setMuted(bob, 'camera', true);
    registry.setMuted(bob, 'camera', true);
    registry.setMuted(bob, 'camera', false);
    const told = { participantId: bob.id, trackId: 'camera' };
    expect(ann.connection.take()).toEqual([
      ['track-muted', { ...told, muted: true }],
      ['track-muted', { ...told, muted: false }],
    ]);
  });

  it('are muted only by who publishes them and is there', () => {
    const [ann, bob] = [join('Ann'), join('Bob')];
    registry.setTracks(bob, [camera]);
    ann.connection.take();
    expect(() => registry.setMuted(ann, 'camera', true)).toThrow(expect.objectContaining({ code: 'track-unknown' }));
    registry.leave(bob, 'left');
    ann.connection.take();
    expect(() => registry.setMuted(bob, 'camera', true)).toThrow(expect.objectContaining({ code: 'not-in-room' }));
    expect(ann.connection.take()).toEqual([]);
  });
});

it('the end of all rooms is told to everybody, and nothing is left', () => {
  const [ann, bob] = [join('Ann'), join('Bob', 'elsewhere')];
  changes = [];
  ann.connection.take();
  const reason = { code: 'server-stopping', message: 'Later.' };
  registry.close(reason);
  expect(ann.connection.take()).toEqual([['room-closed', reason]]);
  expect(bob.connection.take()).toEqual([['room-closed', reason]]);
  expect(changes).toEqual(['room', 'elsewhere']);
  expect(registry.statistics()).toEqual({ rooms: 0, participants: 0, away: 0 });
  disconnect(ann);
  expect(registry.deadline()).toBe(never);
  expect(() => registry.resume(ann.participant.resumeToken, ann.connection)).toThrow(
    expect.objectContaining({ code: 'resume-expired' }),
  );
});
