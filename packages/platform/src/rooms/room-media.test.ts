import { never } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { ownNegotiationsMax } from './negotiation-queue.ts';
import { Scene } from './test/scene.ts';

let scene: Scene;

const refusedAs = (code: string): object => expect.objectContaining({ code });
const video = (participantId: string, trackId: string, muted = false): object => ({
  participantId,
  track: { trackId, kind: 'video', source: 'camera', muted },
});

beforeEach(() => {
  scene = new Scene();
});

describe('negotiating', () => {
  it('publishes: the others are told the track, then asked for an offer; who offers is told nothing', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await bob.offer();
    const eve = scene.join('Eve', 'elsewhere');
    await eve.offer();
    for (const guest of [ann, bob, eve]) guest.told();
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(bob.told()).toEqual([
      ['track-published', video(ann.id, 'a1')],
      ['sections-needed', { offer: true, audio: 0, video: 1 }],
    ]);
    expect(ann.told()).toEqual([]);
    expect(eve.told()).toEqual([]);
    const answer = await bob.offer({ video: 1 });
    expect(answer.subscribed).toEqual([{ mid: 'video0', trackId: 'a1', participantId: ann.id }]);
    expect(answer.sectionsNeeded).toEqual({ offer: false, audio: 0, video: 0 });
    await settle();
    expect([...ann.told(), ...bob.told()]).toEqual([]);
  });

  it('does not ask somebody for an offer who has not offered yet', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(bob.toldNames()).toEqual(['track-published']);
    const answer = await bob.offer();
    expect(answer.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
    await settle();
    expect(bob.told()).toEqual([]);
  });

  it('asks once, however many tracks came at once', async () => {
    const bob = scene.join('Bob');
    await bob.offer();
    const [ann, eve] = [scene.join('Ann'), scene.join('Eve')];
    await settle();
    bob.told();
    await ann.offer({ tracks: { a1: 'video', a2: 'audio' } });
    await settle();
    expect(bob.toldNames()).toEqual(['track-published', 'track-published', 'sections-needed']);
    await eve.offer({ tracks: { e1: 'video' } });
    await settle();
    expect(bob.told().slice(1)).toEqual([['sections-needed', { offer: true, audio: 1, video: 2 }]]);
  });

  it('again without a track ends it for the others, whose sections become free', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video', a2: 'video' } });
    await bob.offer({ video: 2 });
    bob.told();
    await ann.offer({ tracks: { a2: 'video' } });
    await settle();
    expect(bob.told()).toEqual([['track-unpublished', { participantId: ann.id, trackId: 'a1' }]]);
    await ann.offer({ tracks: { a2: 'video', a3: 'video' } });
    await settle();
    expect(bob.told()).toEqual([
      ['track-published', video(ann.id, 'a3')],
      ['sections-needed', { offer: true, audio: 0, video: 0 }],
    ]);
  });

  it('a track that its offer does not send is not published', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await settle();
    bob.told();
    const answer = await scene.service.negotiate(ann.seat, {
      offer: '{"sends":{},"audio":0,"video":0}',
      tracks: [{ mid: '0', trackId: 'a1', source: 'camera', muted: false }],
      fresh: true,
    });
    expect(answer.published).toEqual([]);
    expect(bob.told()).toEqual([]);
    const taken = await bob.offer({ tracks: { a1: 'video' } });
    expect(taken.published).toHaveLength(1);
  });

  it('tells the others what the offer says of mute', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    bob.told();
    await ann.offer({ tracks: { a1: 'video' }, muted: true });
    expect(bob.told()).toEqual([['track-muted', { participantId: ann.id, trackId: 'a1', muted: true }]]);
  });

  it('does not undo what was told of mute while the offer was on its way', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    bob.told();
    const release = scene.engine.hold('negotiate');
    const offering = ann.offer({ tracks: { a1: 'video' } });
    scene.service.setMuted(ann.seat, 'a1', true);
    release();
    await offering;
    expect(bob.told()).toEqual([['track-muted', { participantId: ann.id, trackId: 'a1', muted: true }]]);
  });

  it("refuses a track under somebody else's name, and changes nothing", async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await bob.offer({ tracks: { b1: 'video' } });
    await settle();
    const calls = scene.engine.calls.length;
    for (const guest of [ann, bob]) guest.told();
    await expect(bob.offer({ tracks: { a1: 'video' } })).rejects.toEqual(refusedAs('track-exists'));
    await expect(bob.offer({ tracks: { a1: 'video' }, fresh: true })).rejects.toEqual(refusedAs('track-exists'));
    await settle();
    expect(scene.engine.calls).toHaveLength(calls);
    expect([...ann.told(), ...bob.told()]).toEqual([]);
    expect(scene.engine.publishedBy('room', ann.id)).toEqual(['a1']);
    ann.leave();
    expect((await bob.offer({ tracks: { a1: 'video' } })).published).toHaveLength(1);
  });

  it('of two who offer a track of one name at once lets the first have it', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    const [first, second] = await Promise.allSettled([
      ann.offer({ tracks: { same: 'video' } }),
      bob.offer({ tracks: { same: 'video' } }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toEqual({ status: 'rejected', reason: refusedAs('track-exists') });
    expect(scene.engine.publishedBy('room', ann.id)).toEqual(['same']);
  });

  it('two at once are both served, and each then receives the other', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    const [first, second] = await Promise.all([
      ann.offer({ tracks: { a1: 'video' }, video: 1 }),
      bob.offer({ tracks: { b1: 'video' }, video: 1 }),
    ]);
    expect(first.subscribed).toEqual([]);
    expect(second.subscribed).toEqual([{ mid: 'video0', trackId: 'a1', participantId: ann.id }]);
    await settle();
    expect(ann.told().at(-1)).toEqual(['sections-needed', { offer: true, audio: 0, video: 0 }]);
    const again = await ann.offer({ tracks: { a1: 'video' }, video: 1 });
    expect(again.subscribed).toEqual([{ mid: 'video0', trackId: 'b1', participantId: bob.id }]);
  });

  it('names a track that no codec fits as refused, and does not ask for it again', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    scene.engine.unreceivable.add('a1');
    await ann.offer({ tracks: { a1: 'video' } });
    const refused = [{ trackId: 'a1', reason: 'no-common-codec' }];
    expect((await bob.offer({ video: 1 })).refused).toEqual(refused);
    bob.told();
    await ann.offer({ tracks: { a1: 'video', a2: 'audio' } });
    await settle();
    expect(bob.told().slice(1)).toEqual([['sections-needed', { offer: true, audio: 1, video: 0 }]]);
    const next = await bob.offer({ video: 1, audio: 1 });
    expect(next.refused).toEqual(refused);
    expect(next.subscribed.map(({ trackId }) => trackId)).toEqual(['a2']);
    await ann.offer({ tracks: {} });
    expect((await bob.offer({ video: 1, audio: 1 })).refused).toEqual([]);
    scene.engine.unreceivable.clear();
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect((await bob.offer({ video: 1, audio: 1 })).subscribed.map(({ trackId }) => trackId)).toEqual(['a1']);
  });

  it('that changes the codec of a track asks those again who could not receive it', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    scene.engine.videoCodec = 'H264';
    scene.engine.unreceivable.add('a1');
    await ann.offer({ tracks: { a1: 'video' } });
    expect((await bob.offer({ video: 1 })).refused).toHaveLength(1);
    bob.told();
    scene.engine.videoCodec = 'VP8';
    scene.engine.unreceivable.clear();
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(bob.told()).toEqual([['sections-needed', { offer: true, audio: 0, video: 0 }]]);
    const { refused, subscribed } = await bob.offer({ video: 1 });
    expect(refused).toEqual([]);
    expect(subscribed.map(({ trackId }) => trackId)).toEqual(['a1']);
  });

  it('is asked for, once a look at the clock, when a track comes otherwise by itself, as those of endpoints may', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    scene.engine.unreceivable.add('a1');
    await ann.offer({ tracks: { a1: 'video' } });
    expect((await bob.offer({ video: 1 })).refused).toHaveLength(1);
    scene.engine.unreceivable.clear();
    bob.told();
    scene.engine.calls.length = 0;
    for (let i = 0; i < 10; i++) {
      scene.engine.tell({ type: 'track-changed', roomId: 'room', trackId: 'a1' });
      await settle();
    }
    expect([bob.told(), scene.engine.calls]).toEqual([[], []]);
    expect(scene.service.deadline()).toBeLessThan(scene.now);
    await scene.pass(500);
    expect(bob.told()).toEqual([['sections-needed', { offer: true, audio: 0, video: 0 }]]);
    expect(scene.engine.calls).toEqual([`subscribe room/${ann.id}`, `subscribe room/${bob.id}`]);
    expect((await bob.offer({ video: 1 })).subscribed.map(({ trackId }) => trackId)).toEqual(['a1']);
    expect(scene.service.deadline()).toBe(never);
  });

  it('by a new peer connection replaces the peer of the one before, and keeps the tracks', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await bob.offer({ video: 1 });
    await settle();
    bob.told();
    scene.engine.calls.length = 0;
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    expect(scene.engine.calls.slice(0, 2)).toEqual([`closePeer room/${ann.id}`, `openPeer room/${ann.id}`]);
    expect(bob.told()).toEqual([['sections-needed', { offer: true, audio: 0, video: 0 }]]);
    expect((await bob.offer({ video: 1 })).subscribed.map(({ trackId }) => trackId)).toEqual(['a1']);
  });
});

describe('an overloaded room', () => {
  it(`lets ${ownNegotiationsMax} offers of one participant wait and refuses one more; the others are not touched`, async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    const release = scene.engine.hold('negotiate');
    const answers = Array.from({ length: ownNegotiationsMax }, () => ann.offer());
    await expect(ann.offer()).rejects.toEqual(refusedAs('room-busy'));
    answers.push(bob.offer());
    release();
    await Promise.all(answers);
    await ann.offer();
  });

  it('takes the next offer of a participant when one was refused', async () => {
    const ann = scene.join('Ann');
    for (let i = 0; i < 3 * ownNegotiationsMax; i++) {
      scene.engine.refuse('negotiate', 'worker-busy');
      await expect(ann.offer()).rejects.toEqual(refusedAs('worker-busy'));
    }
    await ann.offer();
  });

  it('can still be left and joined', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await settle();
    const release = scene.engine.hold('negotiate');
    const answer = ann.offer();
    bob.leave();
    const eve = scene.join('Eve');
    release();
    await Promise.all([answer, eve.offer()]);
    expect(scene.engine.rooms).toEqual({ room: [ann.id, eve.id] });
  });
});

describe('refusals of the engine', () => {
  it.each(['sdp-malformed', 'sdp-no-bundle', 'worker-busy'])(
    '%s is answered, and all stays as it was',
    async (code) => {
      const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
      await ann.offer({ tracks: { a1: 'video' } });
      await bob.offer({ video: 1 });
      await settle();
      for (const guest of [ann, bob]) guest.told();
      scene.engine.refuse('negotiate', code);
      await expect(ann.offer({ tracks: { a2: 'video' } })).rejects.toMatchObject({ code, message: `It says ${code}.` });
      await settle();
      expect([...ann.told(), ...bob.told()]).toEqual([]);
      expect(ann.seat.participant.describe().tracks.map(({ trackId }) => trackId)).toEqual(['a1']);
      expect((await ann.offer({ tracks: { a1: 'video', a2: 'video' } })).published).toHaveLength(2);
    },
  );

  it('of a new peer connection end the tracks of the one before: nobody waits for what is not there', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    scene.engine.tellState('room', ann.id, 'connected');
    await settle();
    bob.told();
    scene.engine.refuse('negotiate', 'sdp-malformed');
    await expect(ann.offer({ tracks: { a1: 'video' }, fresh: true })).rejects.toEqual(refusedAs('sdp-malformed'));
    expect(bob.told()).toEqual([['track-unpublished', { participantId: ann.id, trackId: 'a1' }]]);
    expect(scene.service.snapshot(ann.seat).hasMedia).toBe(false);
    expect(ann.seat.participant.mediaState).toBeUndefined();
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    expect(bob.toldNames()).toEqual(['track-published']);
  });

  it('to open a room or a peer are answered to the first offer; the next one opens them', async () => {
    scene.engine.refuse('openRoom', 'worker-full');
    const ann = scene.join('Ann');
    await settle();
    await expect(ann.offer()).rejects.toEqual(refusedAs('worker-full'));
    scene.engine.refuse('openPeer', 'room-full');
    await expect(ann.offer({ fresh: true })).rejects.toEqual(refusedAs('room-full'));
    await ann.offer({ fresh: true });
    expect(scene.engine.rooms).toEqual({ room: [ann.id] });
  });

  it('to subscribe one do not keep the others from being asked', async () => {
    const [bob, eve, ann] = [scene.join('Bob'), scene.join('Eve'), scene.join('Ann')];
    await Promise.all([bob.offer(), eve.offer()]);
    await settle();
    for (const guest of [bob, eve]) guest.told();
    // With this done, the first call after Ann's next offer is Bob's.
    await ann.offer();
    await settle();
    scene.engine.refuse('subscribe', 'worker-busy');
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(bob.toldNames()).toEqual(['track-published']);
    expect(eve.toldNames()).toEqual(['track-published', 'sections-needed']);
    expect(scene.logged).toHaveLength(1);
    expect(scene.service.deadline()).toBeLessThan(scene.now);
    scene.engine.refuse('subscribe', 'worker-busy');
    await scene.pass(500);
    expect(bob.toldNames()).toEqual([]);
    await scene.pass(500);
    expect(bob.toldNames()).toEqual(['sections-needed']);
    expect(eve.toldNames()).toEqual([]);
    expect(scene.logged).toHaveLength(1);
    expect(scene.service.deadline()).toBe(never);
  });
});
