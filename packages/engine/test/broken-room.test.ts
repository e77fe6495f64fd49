import { milliseconds, monotonicMs } from '@rivero/core';
import { Router } from '@rivero/router';
import { type SimulatedPeer, SimulatedRoom } from '@rivero/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';

type MediaPlaneEvent = NonNullable<ReturnType<SimulatedRoom['plane']['pollEvent']>>;

afterEach(() => {
  vi.restoreAllMocks();
});

function breaks(): never {
  throw new TypeError('a bug');
}

/** Two rooms of two on one worker, connected for 3 s. */
function twoRooms(seed: number) {
  const room = new SimulatedRoom(seed);
  room.plane.openRoom('other');
  const peers: readonly SimulatedPeer[] = [
    room.join('ann'),
    room.join('bob'),
    room.join('joe', {}, { roomId: 'other' }),
    room.join('jim', {}, { roomId: 'other' }),
  ];
  room.simulation.run(milliseconds(3_000));
  takeEvents(room);
  return { room, peers };
}

function takeEvents(room: SimulatedRoom): readonly MediaPlaneEvent[] {
  const events: MediaPlaneEvent[] = [];
  for (let event = room.plane.pollEvent(); event !== undefined; event = room.plane.pollEvent()) events.push(event);
  return events;
}

/** The one room that was lost; the other one goes on. */
function expectOneLost(room: SimulatedRoom, peers: readonly SimulatedPeer[]): string {
  const before = room.simulation.now;
  room.simulation.run(milliseconds(2_000));
  const events = takeEvents(room).filter(({ type }) => type !== 'peer-state');
  expect(events.map(({ type }) => type)).toEqual(['bug', 'room-lost']);
  expect(events[0]).toMatchObject({ error: expect.objectContaining({ message: 'a bug' }) });
  const { roomId: lost } = events[1];
  expect(() => room.plane.closeRoom(lost, room.simulation.now)).toThrow(
    expect.objectContaining({ code: 'room-unknown' }),
  );
  const [one, two] = peers.filter(({ roomId }) => roomId !== lost);
  const video = one.peer.received.get(two.peer.trackId);
  const verdict = video?.judge.verdict(before, monotonicMs(before + 1_500), milliseconds(500));
  expect(verdict?.missed).toEqual([]);
  expect(verdict?.shown).toBeGreaterThan(36);
  return lost;
}

describe('a bug in a room', () => {
  it.each(['flush', 'handleTimeout', 'deadline'] as const)('in %s ends that room only, which is told', (method) => {
    const { room, peers } = twoRooms(31);
    vi.spyOn(Router.prototype, method).mockImplementationOnce(breaks);
    const lost = expectOneLost(room, peers);
    room.plane.openRoom(lost);
    for (const roomId of ['room', 'other']) room.plane.closeRoom(roomId, room.simulation.now);
    expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
    expect(room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
  });

  it('in sending ends that room only, and its packets are not tried again with another’s', () => {
    const { room, peers } = twoRooms(32);
    const send = vi.spyOn(room.datapath, 'send').mockImplementationOnce(breaks);
    expectOneLost(room, peers);
    expect(send.mock.calls.length).toBeGreaterThan(50);
    expect(room.datapath.counters()['send-stale-stream']).toBe(0);
  });

  it('in a session that becomes connected ends its room only', () => {
    const { room, peers } = twoRooms(33);
    vi.spyOn(Router.prototype, 'connectSession').mockImplementationOnce(breaks);
    room.join('sue', {}, { roomId: 'other' });
    expect(expectOneLost(room, peers)).toBe('other');
  });

  it('does not keep its sessions when closing it is broken too', () => {
    const { room } = twoRooms(34);
    vi.spyOn(Router.prototype, 'closeSession').mockImplementationOnce(breaks);
    room.plane.closeRoom('room', room.simulation.now);
    expect(takeEvents(room).map(({ type, roomId }) => [type, roomId])).toEqual([['bug', 'room']]);
    expect(room.plane.sizes()).toEqual({ rooms: 1, sessions: 2 });
    room.plane.openRoom('room');
  });

  it('does not keep tracks of other workers, and their packets, when closing them is broken too', () => {
    const room = new SimulatedRoom(35, 2);
    for (const id of ['ann', 'bob', 'joe', 'jim']) room.join(id);
    room.simulation.run(milliseconds(3_000));
    takeEvents(room);
    expect(room.datapath.pool.freeCount).toBeLessThan(room.datapath.pool.slotsMax);
    vi.spyOn(Router.prototype, 'closeProducer').mockImplementationOnce(breaks);
    room.plane.closeRoom('room', room.simulation.now);
    expect(takeEvents(room).map(({ type, roomId }) => [type, roomId])).toEqual([['bug', 'room']]);
    expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
    expect(room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
  });
});
