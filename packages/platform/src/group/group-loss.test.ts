import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeSdp } from '../../test/fake-endpoints.ts';
import { settle } from '../../test/fake-engine.ts';
import { type Guest, Scene } from '../rooms/test/scene.ts';
import { GroupGuest } from './test/group-guest.ts';

let scene: Scene;
let ann: GroupGuest;
let bob: GroupGuest;
let web: Guest;

const error = (code: string): object => ({ id: 'error', code, message: expect.any(String) });
const annUser = (): object => ({ name: 'Ann', session: ann.session });
const bobUser = (): object => ({ name: 'Bob', session: bob.session });
const webUser = (): object => ({ name: 'Web', session: web.id });

beforeEach(async () => {
  scene = new Scene();
  [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
  await web.offer({ tracks: { w1: 'video' } });
  await ann.publish();
  await Promise.all([ann.request(web.id), bob.request()]);
  for (const guest of [ann, bob]) guest.take();
  web.told();
});

describe('a dead media worker', () => {
  it('is told to who had connections, and everybody seems to leave and to join again', async () => {
    const eve = GroupGuest.join(scene, 'Eve');
    for (const guest of [ann, bob, eve]) guest.take();
    const eveUser = { name: 'Eve', session: eve.session };
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    expect(ann.take()).toEqual([
      error('media-worker-lost'),
      ...[bobUser(), webUser(), eveUser].map((user) => ({ id: 'left', user })),
      ...[bobUser(), webUser(), eveUser].map((user) => ({ id: 'joined', user })),
    ]);
    expect(bob.take().map(({ id }) => id)).toEqual(['error', 'left', 'left', 'left', 'joined', 'joined', 'joined']);
    expect(eve.take()).toEqual([]);
    const unpublished = (trackId: unknown): unknown => ['track-unpublished', { participantId: ann.session, trackId }];
    expect(web.told().filter(([name]) => name !== 'participant-joined')).toEqual([
      ['media-lost', expect.anything()],
      unpublished(expect.any(String)),
      unpublished(expect.any(String)),
    ]);
  });

  it('is made up for by new offers and requests', async () => {
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    for (const guest of [ann, bob]) guest.take();
    await Promise.all([
      ann.publish({ video: 'sendonly' }, '2'),
      bob.request(),
      web.offer({ tracks: { w1: 'video' }, fresh: true }),
    ]);
    await settle();
    expect(ann.takeMessages()).toMatchObject([{ id: 'answer' }]);
    expect(bob.takeMessages()).toMatchObject([
      { id: 'offer', user: annUser() },
      { id: 'offer', user: webUser() },
    ]);
    expect(bob.viewOf(ann.session).sources.get('video')).toBe(ann.publication.options.trackIds.video);
    expect(bob.viewOf(web.id).sources.get('video')).toBe('w1');
    expect(scene.logged).toEqual([]);
  });

  it('noticed by an offer before it is told: the offer is refused and all are told once', async () => {
    scene.engine.die();
    ann.says({ id: 'offer', sdpOffer: fakeSdp({ video: 'sendonly' }) });
    await settle();
    expect(ann.takeMessages().filter((message) => message.id === 'error')).toMatchObject([
      { code: 'media-worker-lost' },
      { code: 'room-unknown' },
    ]);
    expect(bob.take()).toHaveLength(5);
    scene.engine.respawn();
    await settle();
    expect([...ann.take(), ...bob.take()]).toEqual([]);
  });

  it('noticed by the first offer of somebody, when there is another worker: the offer is answered', async () => {
    const eve = GroupGuest.join(scene, 'Eve');
    scene.engine.die();
    scene.engine.recover();
    eve.take();
    await eve.publish();
    expect(eve.takeMessages()).toMatchObject([{ id: 'answer' }]);
    expect(ann.take()).toContainEqual(error('media-worker-lost'));
  });

  it('noticed by a request: what was asked for is offered as soon as there is a worker', async () => {
    const eve = GroupGuest.join(scene, 'Eve');
    eve.take();
    scene.engine.die();
    await eve.request(ann.session);
    expect(eve.take()).toEqual([]);
    await scene.pass(500);
    expect(eve.take()).toEqual([]);
    scene.engine.respawn();
    await settle();
    await scene.pass(500);
    expect(eve.takeMessages()).toMatchObject([{ id: 'offer', user: annUser() }]);
  });
});

it('one lost endpoint is told to its owner alone', async () => {
  scene.engine.loseEndpoint('room', ann.endpointIdOf('published'));
  scene.engine.tell({ type: 'rooms-lost', roomIds: ['room'] });
  await settle();
  expect(ann.take()[0]).toEqual(error('media-worker-lost'));
  expect([...bob.take()]).toEqual([]);
  expect(scene.engine.endpointIds('room').filter((id) => id.startsWith(ann.session))).toEqual([]);
});

it('whatever is said, in any order, by however slow an engine, leaves nothing behind and offers only what was asked for', async () => {
  const action = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('join', 'offer', 'other-offer', 'request', 'answer', 'leave', 'close', 'die', 'look'),
    waits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const small = new Scene(2);
      small.engine.delay = () => new Promise((resolve) => setImmediate(resolve));
      const guests = Array.from({ length: 3 }, () => new GroupGuest(small));
      for (const { who, what, waits } of actions) {
        await act(small, guests[who] ?? new GroupGuest(small), guests, what);
        if (waits) await settle();
      }
      for (const guest of guests) {
        for (const message of guest.heard) expect(message).not.toMatchObject({ code: 'internal' });
        guest.client.onClose();
      }
      for (let i = 0; i < 60; i++) await settle();
      expect(small.engine.rooms).toEqual({});
      expect(small.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
    }),
    { numRuns: 60 },
  );
});

async function act(small: Scene, guest: GroupGuest, guests: readonly GroupGuest[], what: string): Promise<void> {
  const others = guests.filter((other) => other !== guest && other.session !== '');
  switch (what) {
    case 'join':
      return guest.says({ id: 'join', room: 'room', user: { name: 'X' } });
    case 'offer':
      return guest.says({ id: 'offer', sdpOffer: fakeSdp({ audio: 'sendonly' }) });
    case 'other-offer':
      return guest.says({ id: 'offer', sdpOffer: fakeSdp({ video: 'sendonly' }, '2') });
    case 'request':
      return guest.says({ id: 'requestStream' });
    case 'answer':
      for (const { session } of others)
        guest.says({ id: 'answer', user: { name: 'X', session }, sdpAnswer: fakeSdp({ audio: 'recvonly' }) });
      return;
    case 'leave':
      return guest.says({ id: 'leave' });
    case 'close':
      return guest.client.onClose();
    case 'die':
      small.engine.die();
      return small.engine.respawn();
    default:
      await small.pass(500);
  }
}
