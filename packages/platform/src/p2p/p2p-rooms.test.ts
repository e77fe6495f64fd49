import type { IceConfiguration } from '@rivero/api';
import { after, CodedError, type Milliseconds, milliseconds, monotonicMs, never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { p2pNameLengthMax } from './p2p-message.ts';
import { type P2pClient, type P2pMessage, P2pRooms, p2pRoomsMax, p2pSilenceMax } from './p2p-rooms.ts';

const start = monotonicMs(1_000);

/** What is no refusal is a bug, and is thrown. */
function openRooms(): P2pRooms {
  return new P2pRooms((error) => {
    if (!(error instanceof CodedError)) throw error;
    return { code: error.code, message: error.message };
  });
}

class Caller implements P2pClient {
  readonly heard: P2pMessage[] = [];
  readonly #rooms: P2pRooms;

  constructor(rooms: P2pRooms) {
    this.#rooms = rooms;
  }

  iceServers(): IceConfiguration {
    return { iceServers: [{ urls: ['stun:192.0.2.1'] }], lifetime: 60 };
  }

  send(message: P2pMessage): void {
    this.heard.push(message);
  }

  /** What it is told now, once. */
  take(): readonly P2pMessage[] {
    return this.heard.splice(0);
  }

  says(message: unknown, at: Milliseconds = milliseconds(0)): void {
    this.#rooms.handleMessage(this, typeof message === 'string' ? message : JSON.stringify(message), after(start, at));
  }

  joins(roomId: string | number, uid: string | number): void {
    this.says({ cmd: 'join', roomId, uid });
  }
}

function two(): { readonly rooms: P2pRooms; readonly ann: Caller; readonly bob: Caller } {
  const rooms = openRooms();
  const [ann, bob] = [new Caller(rooms), new Caller(rooms)];
  ann.joins('r', 'ann');
  bob.joins('r', 'bob');
  return { rooms, ann, bob };
}

it('ICE servers are told to who asks, in a room or outside, and to nobody else', () => {
  const { rooms, ann, bob } = two();
  const late = new Caller(rooms);
  ann.take();
  bob.take();
  for (const caller of [ann, late]) {
    caller.says({ cmd: 'ice-servers', roomId: 'r', uid: 'bob' });
    expect(caller.take()).toEqual([{ cmd: 'ice-servers', ...caller.iceServers() }]);
  }
  expect(bob.take()).toEqual([]);
});

it('asking for ICE servers keeps a place as keeplive does', () => {
  const { rooms, ann, bob } = two();
  bob.take();
  ann.says({ cmd: 'ice-servers' }, milliseconds(10_000));
  bob.says({ cmd: 'keeplive' }, milliseconds(10_000));
  rooms.handleTimeout(after(start, milliseconds(16_000)));
  expect(bob.take()).toEqual([]);
});

describe('a room of two', () => {
  it('tells the second who is inside, and the first who came; the first alone is told nothing', () => {
    const rooms = openRooms();
    const [ann, bob] = [new Caller(rooms), new Caller(rooms)];
    ann.joins('r', 'ann');
    expect(ann.take()).toEqual([]);
    bob.joins('r', 'bob');
    expect(bob.take()).toEqual([{ cmd: 'resp-join', remoteUid: 'ann' }]);
    expect(ann.take()).toEqual([{ cmd: 'new-peer', remoteUid: 'bob' }]);
  });

  it.each(['offer', 'answer', 'candidate'] as const)('relays %s to the one who is named, as it is', (cmd) => {
    const { ann, bob } = two();
    bob.take();
    const message = { cmd, roomId: 'r', uid: 'ann', remoteUid: 'bob', msg: '{"label":0,"id":"0","candidate":"c"}' };
    ann.take();
    ann.says(message);
    expect(bob.take()).toEqual([message]);
    expect(ann.take()).toEqual([]);
  });

  it('refuses a third with room-full, whose socket may try again when one has left', () => {
    const { rooms, ann, bob } = two();
    const cid = new Caller(rooms);
    ann.take();
    bob.take();
    cid.joins('r', 'cid');
    expect(cid.take()).toMatchObject([{ cmd: 'error', code: 'room-full', roomId: 'r' }]);
    expect([...ann.take(), ...bob.take()]).toEqual([]);
    bob.says({ cmd: 'leave', roomId: 'r', uid: 'bob' });
    expect(ann.take()).toEqual([{ cmd: 'peer-leave', remoteUid: 'bob' }]);
    cid.joins('r', 'cid');
    expect(cid.take()).toEqual([{ cmd: 'resp-join', remoteUid: 'ann' }]);
  });

  it('tells the other when a socket closes, and forgets the room with the last', () => {
    const { rooms, ann, bob } = two();
    ann.take();
    rooms.handleClose(bob);
    expect(ann.take()).toEqual([{ cmd: 'peer-leave', remoteUid: 'bob' }]);
    rooms.handleClose(ann);
    expect(rooms.roomCount).toBe(0);
    expect(rooms.deadline()).toBe(never);
  });

  it('gives the place of a name to who comes back under it by another connection', () => {
    const { rooms, ann, bob } = two();
    ann.take();
    const again = new Caller(rooms);
    again.joins('r', 'bob');
    expect(ann.take().map(({ cmd }) => cmd)).toEqual(['peer-leave', 'new-peer']);
    expect(again.take()).toEqual([{ cmd: 'resp-join', remoteUid: 'ann' }]);
    rooms.handleClose(bob);
    expect(ann.take()).toEqual([]);
  });

  it('takes names that are numbers, and tells them back as numbers', () => {
    const rooms = openRooms();
    const [ann, bob] = [new Caller(rooms), new Caller(rooms)];
    ann.joins(7, 1);
    bob.joins('7', 2);
    expect(ann.take()).toEqual([{ cmd: 'new-peer', remoteUid: 2 }]);
    bob.take();
    bob.says({ cmd: 'offer', roomId: 7, uid: '2', remoteUid: '1', msg: '{}' });
    expect(ann.take()).toHaveLength(1);
  });

  it('is left by who joins another', () => {
    const { ann, bob } = two();
    ann.take();
    bob.joins('other', 'bob');
    expect(ann.take()).toEqual([{ cmd: 'peer-leave', remoteUid: 'bob' }]);
  });

  it('joined twice by the same client is joined anew', () => {
    const { ann, bob } = two();
    ann.take();
    bob.take();
    bob.joins('r', 'bob');
    expect(ann.take().map(({ cmd }) => cmd)).toEqual(['peer-leave', 'new-peer']);
    expect(bob.take()).toEqual([{ cmd: 'resp-join', remoteUid: 'ann' }]);
  });
});

describe('silence', () => {
  it('of three intervals of keeplive is a leave; anything that is said keeps the place', () => {
    const { rooms, ann, bob } = two();
    ann.take();
    ann.says({ cmd: 'keeplive' }, milliseconds(5_000));
    bob.says('nonsense', milliseconds(1_000));
    expect(rooms.deadline()).toBe(after(start, milliseconds(16_000)));
    rooms.handleTimeout(after(start, milliseconds(15_999)));
    expect(ann.take()).toEqual([]);
    rooms.handleTimeout(after(start, milliseconds(16_000)));
    expect(ann.take()).toEqual([{ cmd: 'peer-leave', remoteUid: 'bob' }]);
    bob.take();
    bob.says({ cmd: 'offer', roomId: 'r', uid: 'bob', remoteUid: 'ann', msg: '{}' });
    expect(bob.take()).toMatchObject([{ cmd: 'error', code: 'not-in-room' }]);
    expect(p2pSilenceMax).toBe(15_000);
  });
});

describe('bad messages', () => {
  const right = { cmd: 'offer', roomId: 'r', uid: 'ann', remoteUid: 'bob', msg: '{}' };
  it.each([
    ['half a JSON', '{"cmd":"join"', 'request-malformed'],
    ['a list', '[]', 'request-malformed'],
    ['null', 'null', 'request-malformed'],
    ['an unknown cmd', { cmd: 'resp-join', remoteUid: 'x' }, 'request-malformed'],
    ['no cmd', { roomId: 'r' }, 'request-malformed'],
    ['a join without uid', { cmd: 'join', roomId: 'r' }, 'request-malformed'],
    ['an empty room', { cmd: 'join', roomId: '', uid: 'u' }, 'request-malformed'],
    ['a name too long', { cmd: 'join', roomId: 'r', uid: 'u'.repeat(p2pNameLengthMax + 1) }, 'request-malformed'],
    ['a fraction for a name', { cmd: 'join', roomId: 1.5, uid: 'u' }, 'request-malformed'],
    ['a msg that is no string', { ...right, msg: {} }, 'request-malformed'],
    ['another uid than its own', { ...right, uid: 'bob' }, 'not-in-room'],
    ['another room', { ...right, roomId: 'q' }, 'not-in-room'],
    ['a remoteUid that is not there', { ...right, remoteUid: 'cid' }, 'participant-unknown'],
    ['a remoteUid that is its own', { ...right, remoteUid: 'ann' }, 'participant-unknown'],
    ['a leave of another', { cmd: 'leave', roomId: 'r', uid: 'bob' }, 'not-in-room'],
  ])('%s is refused, and nobody else is told', (_name, message, code) => {
    const { ann, bob } = two();
    ann.take();
    bob.take();
    ann.says(message);
    expect(ann.take()).toEqual([{ cmd: 'error', code, message: expect.stringMatching(/\.$/) }]);
    expect(bob.take()).toEqual([]);
  });

  it('of any kind throw nothing', () => {
    const rooms = openRooms();
    const caller = new Caller(rooms);
    const field = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, [], {}, 'ann', 'r'));
    const cmd = fc.constantFrom('leave', 'offer', 'answer', 'candidate', 'new-peer');
    const message = fc.record({ cmd, roomId: field, uid: field, remoteUid: field, msg: field });
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      message.map((value) => JSON.stringify(value)),
    );
    fc.assert(fc.property(text, (frame) => caller.says(frame)));
    expect(caller.heard.every((heard) => heard.cmd === 'error')).toBe(true);
  });
});

it(`holds ${p2pRoomsMax} rooms and refuses the next with server-full`, () => {
  const rooms = openRooms();
  for (let i = 0; i < p2pRoomsMax; i++) new Caller(rooms).joins(`r${i}`, 'u');
  const late = new Caller(rooms);
  late.joins('one more', 'u');
  expect(late.take()).toMatchObject([{ cmd: 'error', code: 'server-full' }]);
  late.joins('r0', 'v');
  expect(late.take()).toMatchObject([{ cmd: 'resp-join' }]);
});
