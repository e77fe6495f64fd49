import { groupCursorLengthMax } from '@rivero/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { type Guest, Scene } from '../rooms/test/scene.ts';
import { cursorRate } from './group-limits.ts';
import { GroupGuest } from './test/group-guest.ts';

let scene: Scene;

const error = (code: string): object => ({ id: 'error', code, message: expect.any(String) });
const userOf = (name: string, { session }: GroupGuest): object => ({ name, session });
const webUserOf = (name: string, { id }: Guest): object => ({ name, session: id });

beforeEach(() => {
  scene = new Scene(3);
});

describe('a room of both protocols', () => {
  it('tells who joins who is there, and everybody who joined', () => {
    const ann = GroupGuest.join(scene, 'Ann');
    const self = { name: 'Ann', session: expect.stringMatching(/^[\w-]{12}$/) };
    expect(ann.take()).toEqual([{ id: 'participants', user: self, self, participants: [] }]);
    const web = scene.join('Web');
    expect(web.snapshot.participants).toMatchObject([{ participantId: ann.session, name: 'Ann', tracks: [] }]);
    expect(ann.take()).toEqual([{ id: 'joined', user: webUserOf('Web', web) }]);
    const bob = GroupGuest.join(scene, ' Bob ');
    expect(bob.take()).toMatchObject([
      { id: 'participants', self: { name: 'Bob' }, participants: [userOf('Ann', ann), webUserOf('Web', web)] },
    ]);
    expect(ann.take()).toEqual([{ id: 'joined', user: userOf('Bob', bob) }]);
    expect(web.told()).toMatchObject([['participant-joined', { participant: { name: 'Bob' } }]]);
  });

  it('tells everybody who left, whether it said so or its socket closed', () => {
    const [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
    for (const guest of [ann, bob]) guest.take();
    bob.says({ id: 'leave' });
    expect(ann.take()).toEqual([{ id: 'left', user: userOf('Bob', bob) }]);
    expect(bob.take()).toEqual([]);
    web.leave();
    expect(ann.take()).toEqual([{ id: 'left', user: webUserOf('Web', web) }]);
    const eve = scene.join('Eve');
    ann.client.onClose();
    expect(eve.told()).toMatchObject([['participant-left', { participantId: ann.session, reason: 'left' }]]);
    expect(scene.service.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
  });

  it('is full for both when it is full; the socket may try again', () => {
    const ann = GroupGuest.join(scene, 'Ann');
    scene.join('Web');
    GroupGuest.join(scene, 'Bob');
    expect(() => scene.join('Eve')).toThrow(expect.objectContaining({ code: 'room-full' }));
    const dan = GroupGuest.join(scene, 'Dan');
    expect(dan.take()).toEqual([error('room-full')]);
    ann.says({ id: 'leave' });
    dan.says({ id: 'join', room: 'room', user: { name: 'Dan' } });
    expect(dan.take()).toMatchObject([{ id: 'participants' }]);
  });

  it('lets who left join again, this room or another, by the same socket, under another session', () => {
    const ann = GroupGuest.join(scene, 'Ann');
    GroupGuest.join(scene, 'Bob');
    const before = ann.session;
    for (const [room, others] of [
      ['room', ['Bob']],
      ['other', []],
    ] as const) {
      ann.says({ id: 'leave' });
      ann.take();
      ann.says({ id: 'join', room, user: { name: 'Ann' } });
      expect(ann.take()).toMatchObject([{ id: 'participants', participants: others.map((name) => ({ name })) }]);
      expect(ann.session).not.toBe(before);
    }
  });

  it('may have a number for a name', () => {
    const ann = GroupGuest.join(scene, 'Ann', 7);
    const web = scene.join('Web', '7');
    expect(ann.take().at(-1)).toEqual({ id: 'joined', user: webUserOf('Web', web) });
  });

  it('refuses a second join, and everything before the first', () => {
    const ann = new GroupGuest(scene);
    const user = { name: 'X', session: 'x' };
    const candidate = { candidate: 'candidate:1' };
    for (const message of [
      { id: 'leave' },
      { id: 'requestStream' },
      { id: 'offer', sdpOffer: 'v=0' },
      { id: 'answer', user, sdpAnswer: 'v=0' },
      { id: 'iceCandidate', user, candidate },
    ]) {
      ann.says(message);
      expect(ann.take()).toEqual([error('not-in-room')]);
    }
    ann.says({ id: 'join', room: 'room', user: { name: 'Ann' } });
    ann.take();
    ann.says({ id: 'join', room: 'room', user: { name: 'Ann' } });
    expect(ann.take()).toEqual([error('already-joined')]);
  });
});

describe('hosts', () => {
  it('are found among those who have words for it: the first of them to come, however many are there', () => {
    const ann = GroupGuest.join(scene, 'Ann');
    const web = scene.join('Web');
    expect(web.snapshot).toMatchObject({ role: 'host', participants: [{ name: 'Ann', role: 'guest' }] });
    web.leave();
    expect(ann.take().map(({ id }) => id)).toEqual(['participants', 'joined', 'left']);
    expect(scene.join('Eve').snapshot.role).toBe('host');
  });

  it('lock the room for both, also when no host is left in it', () => {
    const ann = GroupGuest.join(scene, 'Ann');
    const web = scene.join('Web');
    scene.service.moderation.lockRoom(web.seat, true);
    const bob = GroupGuest.join(scene, 'Bob');
    expect(bob.take()).toEqual([error('room-locked')]);
    web.leave();
    expect(() => scene.join('Eve')).toThrow(expect.objectContaining({ code: 'room-locked' }));
    expect(scene.join('Web', 'room', web.snapshot.hostToken ?? '').snapshot.role).toBe('host');
    expect(ann.take().at(-1)).toMatchObject({ id: 'joined', user: { name: 'Web' } });
  });

  it('remove one of the others: who is removed is told why, and the others that it left', async () => {
    const [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
    await bob.publish();
    for (const guest of [ann, bob]) guest.take();
    scene.service.moderation.removeParticipant(web.seat, bob.session);
    expect(bob.take()).toEqual([error('removed-by-host')]);
    expect(ann.take()).toEqual([{ id: 'left', user: userOf('Bob', bob) }]);
    await settle();
    expect(scene.engine.endpointIds('room')).toEqual([]);
    bob.says({ id: 'requestStream' });
    expect(bob.take()).toEqual([error('not-in-room')]);
  });

  it('end the room for all', async () => {
    const [ann, web] = [GroupGuest.join(scene, 'Ann'), scene.join('Web')];
    await ann.publish();
    ann.take();
    scene.service.moderation.endRoom(web.seat);
    expect(ann.take()).toEqual([error('ended-by-host')]);
    await settle();
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics().mediaRooms).toBe(0);
  });
});

it('whoever joins and neither publishes nor asks for anything within 30 s is removed and told', async () => {
  const [ann, bob, eve] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), GroupGuest.join(scene, 'Eve')];
  await ann.publish();
  await bob.request();
  for (const guest of [ann, bob, eve]) guest.take();
  await scene.pass(30_000);
  expect(eve.take()).toEqual([error('offer-missing')]);
  expect(ann.take()).toEqual([{ id: 'left', user: userOf('Eve', eve) }]);
});

it('a server that stops tells it', async () => {
  const ann = GroupGuest.join(scene, 'Ann');
  ann.take();
  await scene.service.close();
  expect(ann.take()).toEqual([error('server-stopping')]);
});

describe('a shared cursor', () => {
  const move = (x: number): object => ({
    id: 'mouseMove',
    user: { name: 'me', session: 'mine' },
    position: { x, y: 2 },
  });
  let ann: GroupGuest;
  let bob: GroupGuest;
  let web: Guest;

  beforeEach(() => {
    [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
    for (const guest of [ann, bob]) guest.take();
    web.told();
  });

  it('is told to the others of this protocol with all its fields, and whose it is', () => {
    const user = { name: 'Eve', session: 'forged' };
    ann.says({ id: 'mouseMove', user, position: { x: 0.5, y: -1, z: 3 }, colour: 'red', list: [{ a: null }] });
    expect(bob.take()).toEqual([
      {
        id: 'mouse-move',
        user: userOf('Ann', ann),
        position: { x: 0.5, y: -1, z: 3 },
        colour: 'red',
        list: [{ a: null }],
      },
    ]);
    expect([...ann.take(), ...web.told()]).toEqual([]);
  });

  it(`moves ${cursorRate.burstMax} times at once; of more the last one is told when there is time`, () => {
    for (let i = 0; i <= cursorRate.burstMax + 20; i++) ann.says(move(i));
    expect(bob.take()).toHaveLength(cursorRate.burstMax);
    ann.client.handleTimeout(scene.now);
    expect(bob.take()).toEqual([]);
    void scene.pass(100);
    ann.client.handleTimeout(scene.now);
    ann.client.handleTimeout(scene.now);
    expect(bob.take()).toMatchObject([{ id: 'mouse-move', position: { x: cursorRate.burstMax + 20 } }]);
    expect(ann.take()).toEqual([]);
  });

  it('of who has left, or is not there yet, is passed over', () => {
    for (let i = 0; i <= cursorRate.burstMax; i++) ann.says(move(i));
    bob.take();
    ann.says({ id: 'leave' });
    ann.says(move(1));
    void scene.pass(100);
    ann.client.handleTimeout(scene.now);
    expect(bob.take()).toEqual([{ id: 'left', user: userOf('Ann', ann) }]);
    expect(ann.take()).toEqual([]);
  });

  it('does not come along to another room', () => {
    for (let i = 0; i <= cursorRate.burstMax; i++) ann.says(move(i));
    const eve = GroupGuest.join(scene, 'Eve', 'other');
    ann.says({ id: 'leave' });
    ann.says({ id: 'join', room: 'other', user: { name: 'Ann' } });
    eve.take();
    void scene.pass(100);
    ann.client.handleTimeout(scene.now);
    expect(eve.take()).toEqual([]);
  });

  it('is refused when it is too long, or nowhere', () => {
    const long = { id: 'mouseMove', position: { x: 1, y: 1 }, text: '' };
    const rest = groupCursorLengthMax - JSON.stringify(long).length;
    ann.says({ ...long, text: 'x'.repeat(rest) });
    expect(bob.take()).toHaveLength(1);
    ann.says({ ...long, text: 'x'.repeat(rest + 1) });
    ann.says({ id: 'mouseMove', position: { x: '1', y: 1 } });
    ann.says('{"id":"mouseMove","position":{"x":1e999,"y":0}}');
    ann.says({ id: 'mouseMove' });
    expect(ann.take()).toEqual(Array(4).fill(error('request-malformed')));
    expect(bob.take()).toEqual([]);
  });
});
