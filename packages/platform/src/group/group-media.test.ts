import { beforeEach, describe, expect, it } from 'vitest';
import { fakeSdp } from '../../test/fake-endpoints.ts';
import { settle } from '../../test/fake-engine.ts';
import { type Guest, Scene } from '../rooms/test/scene.ts';
import { answerTimeout } from '../rooms/view.ts';
import { GroupGuest } from './test/group-guest.ts';

let scene: Scene;
let ann: GroupGuest;
let bob: GroupGuest;
let web: Guest;

const error = (code: string): object => ({ id: 'error', code, message: expect.any(String) });
const annUser = (): object => ({ name: 'Ann', session: ann.session });
const webUser = (): object => ({ name: 'Web', session: web.id });
const tracksOf = (session: string): Record<string, unknown>[] =>
  web.seat.room
    .participant(session)
    .describe()
    .tracks.map((track) => ({ ...track }));
const sourcesOf = (viewer: GroupGuest, session: string): unknown => Object.fromEntries(viewer.viewOf(session).sources);

beforeEach(() => {
  scene = new Scene();
  [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
  for (const guest of [ann, bob]) guest.take();
  web.told();
});

describe('a requested stream', () => {
  it('is offered for everybody else at once, whether they publish already or not', async () => {
    await bob.request();
    const told = bob.takeMessages();
    expect(told).toEqual([
      {
        id: 'offer',
        user: annUser(),
        sdpOffer: expect.stringMatching(/m=audio[^]*a=sendonly[^]*m=video[^]*a=sendonly/),
      },
      { id: 'offer', user: webUser(), sdpOffer: expect.any(String) },
    ]);
    expect(bob.viewOf(ann.session).options.direction).toBe('sendonly');
  });

  it('is offered with our candidates behind it, and takes the answer and candidates of the client', async () => {
    await bob.request(ann.session);
    expect(bob.take().map(({ id }) => id)).toEqual(['offer', 'ice-candidate', 'ice-candidate']);
    const user = { name: 'Ann', session: ann.session };
    bob.says({ id: 'iceCandidate', user, candidate: { candidate: 'candidate:7', sdpMid: '0', sdpMLineIndex: 0 } });
    bob.says({ id: 'iceCandidate', user, candidate: 'candidate:8' });
    bob.says({ id: 'iceCandidate', user, candidate: null });
    await bob.answer(ann.session);
    const { isAnswered, remoteCandidates } = bob.viewOf(ann.session);
    expect({ isAnswered, remoteCandidates }).toEqual({
      isAnswered: true,
      remoteCandidates: ['candidate:7', 'candidate:8'],
    });
    expect(bob.take()).toEqual([]);
  });

  it('carries what its publisher publishes from then on, by either protocol', async () => {
    await bob.request();
    await ann.publish();
    const { audio, video } = ann.publication.options.trackIds;
    expect(sourcesOf(bob, ann.session)).toEqual({ audio, video });
    await web.offer({ tracks: { w1: 'video' }, muted: true });
    await settle();
    expect(bob.viewOf(web.id).sources.get('video')).toBe('w1');
    await web.offer({ tracks: { w2: 'audio' } });
    await settle();
    expect(sourcesOf(bob, web.id)).toEqual({ audio: 'w2', video: undefined });
  });

  it('carries a shared screen instead of the camera as long as there is one, and mute changes nothing', async () => {
    await bob.request(web.id);
    const share = async (tracks: Record<string, 'camera' | 'screen' | 'screen-audio'>): Promise<void> => {
      const kinds = { camera: 'video', screen: 'video', 'screen-audio': 'audio' } as const;
      const entries = Object.entries(tracks);
      const offered = { tracks: Object.fromEntries(entries.map(([id, source]) => [id, kinds[source]])) };
      await web.offer({ ...offered, sources: tracks });
      await settle();
    };
    const sources = (): unknown => sourcesOf(bob, web.id);
    await share({ w1: 'camera' });
    expect(sources()).toEqual({ audio: undefined, video: 'w1' });
    await share({ w1: 'camera', s1: 'screen', s2: 'screen-audio' });
    expect(sources()).toEqual({ audio: 's2', video: 's1' });
    await share({ w1: 'camera' });
    scene.service.setMuted(web.seat, 'w1', true);
    await settle();
    expect(sources()).toEqual({ audio: undefined, video: 'w1' });
  });

  it('carries nothing of somebody who sends this one nothing', async () => {
    await web.offer({ tracks: { w1: 'video' } });
    await bob.request(web.id);
    scene.service.setSent(web.seat, bob.session, false);
    await settle();
    expect(bob.viewOf(web.id).sources.get('video')).toBeUndefined();
    scene.service.setSent(web.seat, bob.session, true);
    await settle();
    expect(bob.viewOf(web.id).sources.get('video')).toBe('w1');
  });

  it('requested again is made anew; asked for often at once it is offered once', async () => {
    await bob.request(ann.session);
    await bob.answer(ann.session);
    bob.take();
    for (let i = 0; i < 5; i++) bob.says({ id: 'requestStream', sessions: [ann.session, ann.session] });
    await settle();
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer', user: annUser() }]);
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
    expect(bob.viewOf(ann.session).isAnswered).toBe(false);
  });

  it('requested again before its offer is answered stays the one that it is, so that answers cannot be mistaken', async () => {
    await bob.request(ann.session);
    const offer = bob.takeMessages();
    const id = bob.endpointIdOf('of');
    await bob.request();
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer', user: webUser() }]);
    expect(bob.endpointIdOf(`of/${ann.session}`)).toBe(id);
    expect(offer).toHaveLength(1);
    await bob.answer(ann.session);
    expect(bob.viewOf(ann.session).isAnswered).toBe(true);
    expect(bob.take()).toEqual([]);
  });

  it('that is not answered within 10 s may be requested anew', async () => {
    await bob.request(ann.session);
    bob.take();
    await scene.pass(answerTimeout - 1);
    await bob.request(ann.session);
    expect(bob.take()).toEqual([]);
    await scene.pass(1);
    await bob.request(ann.session);
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer', user: annUser() }]);
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
  });

  it('of somebody who is not there is refused; those who are there are offered', async () => {
    await bob.request('nobody', ann.session);
    expect(bob.takeMessages()).toMatchObject([error('participant-unknown'), { id: 'offer', user: annUser() }]);
    await bob.request(bob.session);
    expect(bob.takeMessages()).toEqual([error('participant-unknown')]);
  });

  it('that the engine cannot open is told as an error about that participant; others are offered', async () => {
    scene.engine.refuse('openEndpoint', 'worker-full');
    await bob.request();
    expect(bob.takeMessages()).toMatchObject([
      { id: 'error', code: 'worker-full', user: annUser() },
      { id: 'offer', user: webUser() },
    ]);
    await bob.request(ann.session);
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer', user: annUser() }]);
  });

  it('that the engine cannot offer leaves no endpoint behind', async () => {
    scene.engine.refuse('createOffer', 'worker-full');
    await bob.request(ann.session);
    expect(bob.take()).toMatchObject([{ id: 'error', code: 'worker-full', user: annUser() }]);
    expect(scene.engine.endpointIds('room')).toEqual([]);
  });

  it('is told to the engine when it changes only', async () => {
    await bob.request(ann.session);
    await ann.publish();
    const before = scene.engine.calls.filter((call) => call.startsWith('setSource')).length;
    scene.join('Eve');
    await settle();
    expect(scene.engine.calls.filter((call) => call.startsWith('setSource'))).toHaveLength(before);
  });

  it('that a busy engine refuses is offered at one of the next looks at the clock', async () => {
    scene.engine.refuse('createOffer', 'worker-busy');
    await bob.request(ann.session);
    expect(bob.take()).toEqual([]);
    await scene.pass(500);
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer', user: annUser() }]);
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
  });

  it('keeps its offer when the answer is refused', async () => {
    await bob.request(ann.session);
    bob.take();
    bob.says({ id: 'answer', user: annUser(), sdpAnswer: 'no description' });
    await settle();
    expect(bob.take()).toEqual([error('sdp-malformed')]);
    await bob.answer(ann.session);
    expect(bob.viewOf(ann.session).isAnswered).toBe(true);
  });

  it('is answered once, and not by who did not ask', async () => {
    await bob.request(ann.session);
    await bob.answer(ann.session);
    bob.take();
    await bob.answer(ann.session);
    await bob.answer(web.id);
    await bob.answer('nobody');
    expect(bob.take()).toEqual([error('request-malformed'), error('request-malformed'), error('participant-unknown')]);
  });
});

describe('a connection that ends by itself', () => {
  it('is told as an error about its participant, and can be requested again', async () => {
    await bob.request(ann.session);
    bob.take();
    const endpointId = bob.endpointIdOf('of');
    scene.engine.tell({ type: 'endpoint', roomId: 'room', endpointId, change: { type: 'ice-state', state: 'failed' } });
    await settle();
    expect(bob.take()).toEqual([{ ...error('media-failed'), user: annUser() }]);
    expect(scene.engine.endpointIds('room')).toEqual([]);
    scene.engine.tell({ type: 'endpoint', roomId: 'room', endpointId, change: { type: 'ice-state', state: 'failed' } });
    expect(bob.take()).toEqual([]);
    await bob.request(ann.session);
    expect(bob.takeMessages()).toMatchObject([{ id: 'offer' }]);
  });

  it('by which somebody publishes takes the tracks with it', async () => {
    await ann.publish();
    ann.take();
    const endpointId = ann.endpointIdOf('published');
    scene.engine.tell({
      type: 'endpoint',
      roomId: 'room',
      endpointId,
      change: { type: 'dtls-state', state: 'failed' },
    });
    await settle();
    expect(ann.take()).toEqual([{ ...error('media-failed'), user: annUser() }]);
    expect(tracksOf(ann.session)).toEqual([]);
    expect(scene.engine.endpointIds('room')).toEqual([]);
  });

  it('while its source changes is no loss of anything else', async () => {
    await bob.request();
    bob.take();
    const endpointId = bob.endpointIdOf(`of/${ann.session}`);
    const release = scene.engine.hold('setSource');
    await ann.publish();
    scene.engine.tell({
      type: 'endpoint',
      roomId: 'room',
      endpointId,
      change: { type: 'dtls-state', state: 'closed' },
    });
    await settle();
    release();
    await settle();
    expect(bob.take()).toEqual([]);
    expect(scene.logged).toEqual([]);
    expect(scene.engine.endpointIds('room')).toHaveLength(2);
  });

  it('because the client closed it is told to nobody', async () => {
    await ann.publish();
    await bob.request(ann.session);
    for (const guest of [ann, bob]) guest.take();
    for (const endpointId of scene.engine.endpointIds('room')) {
      scene.engine.tell({
        type: 'endpoint',
        roomId: 'room',
        endpointId,
        change: { type: 'dtls-state', state: 'closed' },
      });
    }
    await settle();
    expect([...ann.take(), ...bob.take()]).toEqual([]);
    expect(scene.engine.endpointIds('room')).toEqual([]);
    expect(tracksOf(ann.session)).toEqual([]);
  });
});

describe('who leaves', () => {
  it('takes along its endpoints, and those by which others received it', async () => {
    await ann.publish();
    await Promise.all([ann.request(), bob.request()]);
    expect(scene.engine.endpointIds('room')).toHaveLength(5);
    ann.says({ id: 'leave' });
    await settle();
    expect(scene.engine.endpointIds('room')).toEqual([expect.stringContaining(`${bob.session}/of/${web.id}`)]);
    bob.client.onClose();
    await settle();
    expect(scene.engine.endpointIds('room')).toEqual([]);
    web.leave();
    await settle();
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics().mediaRooms).toBe(0);
  });

  it.each([
    'openRoom',
    'openEndpoint',
    'answerOffer',
    'gatherCandidates',
    'localDescription',
    'createOffer',
    'setSource',
    'closeEndpoint',
  ] as const)('in the middle of %s leaves nothing behind', async (method) => {
    await web.offer({ tracks: { w1: 'video' } });
    if (method === 'closeEndpoint') await Promise.all([ann.publish(), bob.request()]);
    const release = scene.engine.hold(method);
    ann.says({ id: 'offer', sdpOffer: fakeSdp({ audio: 'sendonly' }, '9') });
    bob.says({ id: 'requestStream' });
    await settle();
    ann.says({ id: 'leave' });
    bob.client.onClose();
    web.leave();
    await settle();
    release();
    await settle();
    await settle();
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
  });
});
