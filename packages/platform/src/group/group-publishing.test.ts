import { beforeEach, describe, expect, it } from 'vitest';
import { fakeSdp } from '../../test/fake-endpoints.ts';
import { settle } from '../../test/fake-engine.ts';
import { candidatesMax } from '../rooms/client-endpoint.ts';
import { ownNegotiationsMax } from '../rooms/negotiation-queue.ts';
import { type Guest, Scene } from '../rooms/test/scene.ts';
import { GroupGuest } from './test/group-guest.ts';

let scene: Scene;
let ann: GroupGuest;
let bob: GroupGuest;
let web: Guest;

const microphone = { kind: 'audio', source: 'microphone' };
const camera = { kind: 'video', source: 'camera' };

const error = (code: string): object => ({ id: 'error', code, message: expect.any(String) });
const annUser = (): object => ({ name: 'Ann', session: ann.session });
const webUser = (): object => ({ name: 'Web', session: web.id });
const tracksOf = (session: string): Record<string, unknown>[] =>
  web.seat.room
    .participant(session)
    .describe()
    .tracks.map((track) => ({ ...track }));
beforeEach(() => {
  scene = new Scene();
  [ann, bob, web] = [GroupGuest.join(scene, 'Ann'), GroupGuest.join(scene, 'Bob'), scene.join('Web')];
  for (const guest of [ann, bob]) guest.take();
  web.told();
});

describe('publishing', () => {
  it('is answered with a description and, beside it, with each of our candidates', async () => {
    await ann.publish();
    const [answer, ...candidates] = ann.take();
    expect(answer).toEqual({
      id: 'answer',
      user: annUser(),
      sdpAnswer: fakeSdp({ audio: 'recvonly', video: 'recvonly' }, ann.endpointIdOf('published')),
    });
    const first = { candidate: 'candidate:1 1 udp 2 127.0.0.1 4000 typ host', sdpMid: 'audio0', sdpMLineIndex: 0 };
    expect(candidates).toHaveLength(2);
    expect(candidates[0]).toEqual({ id: 'ice-candidate', user: annUser(), candidate: first });
    expect(ann.publication.options).toMatchObject({ type: 'webrtc', direction: 'recvonly' });
    expect(bob.take()).toEqual([]);
  });

  it('makes a camera and a microphone for the others, muted as long as nothing comes of them', async () => {
    await web.offer({ audio: 1, video: 1 });
    await ann.publish();
    const { audio, video } = ann.publication.options.trackIds;
    expect(web.told()).toEqual([
      ['track-published', { participantId: ann.session, track: { ...microphone, trackId: audio, muted: true } }],
      ['track-published', { participantId: ann.session, track: { ...camera, trackId: video, muted: true } }],
      ['sections-needed', { offer: true, audio: 0, video: 0 }],
    ]);
    scene.engine.tell({ type: 'track-flow', roomId: 'room', trackId: video, isFlowing: true });
    expect(web.told()).toEqual([['track-muted', { participantId: ann.session, trackId: video, muted: false }]]);
    scene.engine.tell({ type: 'track-flow', roomId: 'room', trackId: video, isFlowing: false });
    expect(web.told()).toEqual([['track-muted', { participantId: ann.session, trackId: video, muted: true }]]);
    const { subscribed } = await web.offer({ audio: 1, video: 1 });
    expect(subscribed).toMatchObject([{ trackId: audio, participantId: ann.session }, { trackId: video }]);
    expect(scene.logged).toEqual([]);
  });

  it('of one kind makes one track', async () => {
    await ann.publish({ audio: 'sendonly', video: 'recvonly' });
    expect(tracksOf(ann.session)).toMatchObject([microphone]);
  });

  it('again from the same peer connection keeps the endpoint, and what flows', async () => {
    await ann.publish({ audio: 'sendonly' });
    const id = ann.endpointIdOf('published');
    const { audio, video } = ann.publication.options.trackIds;
    scene.engine.tell({ type: 'track-flow', roomId: 'room', trackId: audio, isFlowing: true });
    web.told();
    await ann.publish();
    expect(ann.endpointIdOf('published')).toBe(id);
    expect(web.told()).toEqual([
      ['track-published', { participantId: ann.session, track: { ...camera, trackId: video, muted: true } }],
    ]);
    expect(tracksOf(ann.session)).toMatchObject([{ muted: false }, { muted: true }]);
    scene.engine.tell({ type: 'track-flow', roomId: 'room', trackId: audio, isFlowing: false });
    await ann.publish({ audio: 'sendonly' });
    expect(tracksOf(ann.session)).toMatchObject([{ muted: true }]);
  });

  it('from another peer connection takes the place of the one before', async () => {
    await ann.publish();
    const before = tracksOf(ann.session);
    web.told();
    await ann.publish({ video: 'sendonly' }, '2');
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
    const [track] = tracksOf(ann.session);
    expect(before).not.toContainEqual(expect.objectContaining({ trackId: track?.['trackId'] }));
    expect(web.toldNames()).toEqual(['track-unpublished', 'track-unpublished', 'track-published']);
  });

  it('that cannot be answered is refused, and what was published before goes on', async () => {
    await ann.publish();
    const before = tracksOf(ann.session);
    ann.take();
    ann.says({ id: 'offer', sdpOffer: 'no description' });
    await settle();
    expect(ann.take()).toEqual([error('sdp-malformed')]);
    expect(tracksOf(ann.session)).toEqual(before);
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
    expect(web.toldNames()).toEqual(['track-published', 'track-published']);
  });

  it(`lets ${ownNegotiationsMax} offers wait and refuses one more`, async () => {
    const release = scene.engine.hold('answerOffer');
    for (let i = 0; i <= ownNegotiationsMax; i++) ann.says({ id: 'offer', sdpOffer: fakeSdp({}, `${i}`) });
    await settle();
    expect(ann.take()).toEqual([error('room-busy')]);
    release();
    await settle();
    expect(ann.takeMessages()).toMatchObject([{ id: 'answer' }, { id: 'answer' }]);
    expect(scene.engine.endpointIds('room')).toHaveLength(1);
  });
});

describe('candidates', () => {
  const about = (user: object, candidate: unknown): object => ({ id: 'iceCandidate', user, candidate });

  it('for the own stream wait for the answer to its offer', async () => {
    const release = scene.engine.hold('openEndpoint');
    ann.says({ id: 'offer', sdpOffer: fakeSdp({ audio: 'sendonly' }) });
    ann.says(about(annUser(), { candidate: 'candidate:1' }));
    await settle();
    release();
    await settle();
    expect(ann.publication.remoteCandidates).toEqual(['candidate:1']);
  });

  it('for a connection that is not there are passed over', async () => {
    for (const user of [annUser(), webUser(), { session: 'nobody' }]) ann.says(about(user, 'candidate:1'));
    await settle();
    expect(ann.take()).toEqual([]);
  });

  it(`are ${candidatesMax} at most for a connection; more are passed over`, async () => {
    await ann.publish();
    ann.take();
    for (let i = 0; i <= candidatesMax; i++) ann.says(about(annUser(), `candidate:${i}`));
    await settle();
    expect(ann.publication.remoteCandidates).toHaveLength(candidatesMax);
    expect(ann.take()).toEqual([]);
  });

  it('that are none are refused', async () => {
    await ann.publish();
    ann.take();
    ann.says(about(annUser(), 'no candidate'));
    await settle();
    expect(ann.take()).toEqual([error('candidate-malformed')]);
  });
});
