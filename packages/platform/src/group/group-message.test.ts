import * as fc from 'fast-check';
import { nameLengthMax, offerLengthMax } from '@rivero/api';
import { after, milliseconds } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { Scene } from '../rooms/test/scene.ts';
import { entryRate, negotiateRate, requestRate } from '../signaling/request-limits.ts';
import { shortFrameLengthMax } from './group-limits.ts';
import { GroupGuest } from './test/group-guest.ts';

let scene: Scene;
let ann: GroupGuest;

const error = (code: string): object => ({ id: 'error', code, message: expect.any(String) });

beforeEach(() => {
  scene = new Scene();
  ann = GroupGuest.join(scene, 'Ann');
  ann.take();
});

it('ICE servers are told to who asks, for the socket alone and then for the participant', () => {
  const bob = new GroupGuest(scene);
  bob.says({ id: 'iceServers' });
  expect(bob.take()).toMatchObject([{ id: 'ice-servers', iceServers: [{ username: 'socket' }], lifetime: 60 }]);
  bob.says({ id: 'join', room: 'room', user: { name: 'Bob' } });
  bob.take();
  ann.take();
  bob.says({ id: 'iceServers', user: { session: ann.session } });
  expect(bob.take()).toMatchObject([{ id: 'ice-servers', iceServers: [{ username: bob.session }] }]);
  expect(ann.take()).toEqual([]);
});

describe('bad messages', () => {
  it.each([
    ['half a JSON', '{"id":"join"'],
    ['nothing', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['no id', { room: 'r' }],
    ['an unknown id', { id: 'participants' }],
    ['an id of every object', { id: 'constructor' }],
    ['a join without name', { id: 'join', room: 'r' }],
    ['a join with an empty name', { id: 'join', room: 'r', user: { name: ' ' } }],
    ['a join with a name too long', { id: 'join', room: 'r', user: { name: 'x'.repeat(nameLengthMax + 1) } }],
    ['a join with a name that misleads', { id: 'join', room: 'r', user: { name: '\u202egnp' } }],
    ['a join of a room that is a path', { id: 'join', room: '../r', user: { name: 'Ann' } }],
    ['a join of a room below 0', { id: 'join', room: -1, user: { name: 'Ann' } }],
    ['sessions that are no list', { id: 'requestStream', sessions: 'all' }],
    ['too many sessions', { id: 'requestStream', sessions: Array(1_001).fill('a') }],
    ['an offer without SDP', { id: 'offer' }],
    ['an offer too long', { id: 'offer', sdpOffer: 'x'.repeat(offerLengthMax + 1) }],
    ['an answer about nobody', { id: 'answer', sdpAnswer: 'v=0' }],
    ['a candidate about nobody', { id: 'iceCandidate', candidate: {} }],
    ['a candidate that is a number', { id: 'iceCandidate', user: { session: 'x' }, candidate: 7 }],
    [
      'a cursor that nests too deep',
      `{"id":"mouseMove","position":{"x":0,"y":0},"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    ],
    ['a candidate too long', { id: 'iceCandidate', user: { session: 'x' }, candidate: 'x'.repeat(1_025) }],
  ])('%s is refused', (_name, message) => {
    const fresh = new GroupGuest(scene);
    fresh.says(message);
    expect(fresh.take()).toEqual([error('request-malformed')]);
    expect(ann.take()).toEqual([]);
  });

  it('of any kind throw nothing, log nothing, and never reach the others', async () => {
    const field = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constantFrom(null, [], {}, ann.session, { session: ann.session }),
    );
    const id = fc.constantFrom(
      'requestStream',
      'offer',
      'answer',
      'iceCandidate',
      'mouseMove',
      'leave',
      'joined',
      'error',
    );
    const message = fc.record(
      { id, user: field, sessions: field, sdpOffer: field, sdpAnswer: field, candidate: field, position: field },
      { requiredKeys: ['id'] },
    );
    const frame = fc.oneof(
      fc.string(),
      fc.json(),
      message.map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(frame, async (text) => {
        scene.now = after(scene.now, milliseconds(1_000));
        const eve = GroupGuest.join(scene, 'Eve', 'elsewhere');
        eve.take();
        eve.says(text);
        await settle();
        expect(eve.take().every((told) => told.id === 'error')).toBe(true);
        eve.client.onClose();
      }),
    );
    expect(ann.take()).toEqual([]);
    expect(scene.logged).toEqual([]);
  });
});

describe('too many messages', () => {
  const refusedOf = (guest: GroupGuest): number =>
    guest.take().filter((message) => message.id === 'error' && message.code === 'rate-limited').length;

  it.each([
    ['joins', { id: 'join', room: 'room', user: { name: 'Ann' } }, entryRate.burstMax - 1],
    ['offers', { id: 'offer', sdpOffer: 'x' }, negotiateRate.burstMax],
    ['requests', { id: 'requestStream' }, negotiateRate.burstMax],
    ['answers', { id: 'answer', user: { session: 'x' }, sdpAnswer: 'x' }, requestRate.burstMax],
    ['candidates', { id: 'iceCandidate', user: { session: 'x' }, candidate: 'candidate:1' }, 1_000],
  ])('%s are refused', async (_name, message, burst) => {
    for (let i = 0; i < burst; i++) ann.says(message);
    await settle();
    expect(refusedOf(ann)).toBe(0);
    ann.says(message);
    await settle();
    expect(refusedOf(ann)).toBe(1);
  });

  it('that are long are not read any more, while short ones are', () => {
    const long = 'x'.repeat(shortFrameLengthMax + 1);
    for (let i = 0; i < requestRate.burstMax; i++) ann.says(long);
    expect(refusedOf(ann)).toBe(0);
    ann.says(long);
    expect(refusedOf(ann)).toBe(1);
    ann.says('x'.repeat(shortFrameLengthMax));
    expect(ann.take()).toEqual([error('request-malformed')]);
  });
});
