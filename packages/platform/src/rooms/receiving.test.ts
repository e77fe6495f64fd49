import type { TrackSource } from '@rivero/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeOffer, settle } from '../../test/fake-engine.ts';
import { type Guest, Scene } from './test/scene.ts';

let scene: Scene;
let ann: Guest;
let bob: Guest;
let eve: Guest;

const refusedAs = (code: string): object => expect.objectContaining({ code });

beforeEach(async () => {
  scene = new Scene();
  [ann, bob, eve] = [scene.join('Ann'), scene.join('Bob'), scene.join('Eve')];
  await ann.offer({ tracks: { a1: 'video', a2: 'audio' }, video: 2, audio: 1 });
  await bob.offer({ tracks: { b1: 'video', b2: 'audio' }, video: 2, audio: 1 });
  await eve.offer({ audio: 2, video: 2 });
  await settle();
  for (const guest of [ann, bob, eve]) guest.told();
});

function setReceived(guest: Guest, trackId: string, received: boolean): void {
  scene.service.setReceived(guest.seat, trackId, received);
}

function pausedFor(guest: Guest): readonly string[] {
  return scene.engine.pausedFor('room', guest.id);
}

describe('a track that one does not want for now', () => {
  it('is paused for this one only, told to nobody, and goes on when it is wanted again', async () => {
    setReceived(bob, 'a1', false);
    setReceived(bob, 'a2', false);
    await settle();
    expect(pausedFor(bob)).toEqual(['a1', 'a2']);
    expect(pausedFor(eve)).toEqual([]);
    setReceived(bob, 'a1', true);
    await settle();
    expect(pausedFor(bob)).toEqual(['a2']);
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual([]);
    expect(scene.service.snapshot(bob.seat).notReceived).toEqual(['a2']);
  });

  it('costs nothing when it is as it was', async () => {
    setReceived(bob, 'a1', false);
    await settle();
    const before = scene.engine.calls.length;
    setReceived(bob, 'a1', false);
    setReceived(bob, 'a2', true);
    await settle();
    expect(scene.engine.calls).toHaveLength(before);
  });

  it('stays paused by new offers, a new peer connection of either, and a new socket', async () => {
    setReceived(bob, 'a1', false);
    await settle();
    await bob.offer({ tracks: { b1: 'video' }, video: 2 });
    expect(pausedFor(bob)).toEqual(['a1']);
    await bob.offer({ tracks: { b1: 'video' }, video: 2, fresh: true });
    expect(pausedFor(bob)).toEqual(['a1']);
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    expect(pausedFor(bob)).toEqual(['a1']);
    bob.loseSocket();
    expect(bob.resume().notReceived).toEqual(['a1']);
  });

  it('is paused again in the worker that takes the place of a dead one', async () => {
    setReceived(bob, 'a1', false);
    await settle();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await bob.offer({ video: 1, fresh: true });
    expect(pausedFor(bob)).toEqual(['a1']);
  });

  it('is paused after a moment when the engine is busy', async () => {
    scene.engine.refuse('subscribe', 'worker-busy');
    setReceived(bob, 'a1', false);
    await settle();
    expect(pausedFor(bob)).toEqual([]);
    await scene.pass(500);
    expect(pausedFor(bob)).toEqual(['a1']);
  });

  it('is forgotten when it ends: so nobody wishes more than there are tracks', async () => {
    for (const trackId of ['a1', 'a2', 'b1']) setReceived(eve, trackId, false);
    await ann.offer({ tracks: { a2: 'audio' } });
    expect(scene.service.snapshot(eve.seat).notReceived).toEqual(['a2', 'b1']);
    bob.leave();
    await settle();
    expect(scene.service.snapshot(eve.seat).notReceived).toEqual(['a2']);
    expect(pausedFor(eve)).toEqual(['a2']);
  });

  it('is refused when it is one’s own, nobody’s, or one has left', () => {
    expect(() => setReceived(ann, 'a1', false)).toThrow(refusedAs('track-unknown'));
    expect(() => setReceived(ann, 'none', false)).toThrow(refusedAs('track-unknown'));
    bob.leave();
    expect(() => setReceived(bob, 'a1', false)).toThrow(refusedAs('not-in-room'));
    expect(() => setReceived(ann, 'b1', false)).toThrow(refusedAs('track-unknown'));
  });
});

describe('who speaks', () => {
  const speaks = (...guests: readonly Guest[]) => ['speakers-changed', { participantIds: guests.map(({ id }) => id) }];

  it('is told to all, in order, also to those who speak; and to who comes later', () => {
    scene.engine.tellSpeakers('room', ['b2', 'a2']);
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual([speaks(bob, ann)]);
    expect(scene.join('Joe').snapshot.speakers).toEqual([bob.id, ann.id]);
    scene.engine.tellSpeakers('room', []);
    expect(eve.told().at(-1)).toEqual(speaks());
  });

  it('is told once each time it changes, and not of tracks that are nobody’s', () => {
    for (const trackIds of [['a2'], ['a2', 'none'], ['none', 'a2', 'a2']]) {
      scene.engine.tellSpeakers('room', trackIds);
    }
    expect(eve.told()).toEqual([speaks(ann)]);
  });

  it('is judged by the first microphone of each, and by nothing else that sounds', async () => {
    const offerOf = async (sources: readonly TrackSource[]): Promise<string | undefined> => {
      const sends = Object.fromEntries(sources.map((_source, i) => [`${i}`, 'audio' as const]));
      const tracks = sources.map((source, i) => ({ mid: `${i}`, trackId: `e${i}`, source, muted: false }));
      await scene.service.negotiate(eve.seat, { offer: fakeOffer({ sends }), tracks, fresh: false });
      return scene.engine.voiceOf('room', eve.id);
    };
    expect(await offerOf(['screen-audio', 'microphone', 'microphone'])).toBe('e1');
    expect(await offerOf(['microphone', 'screen-audio'])).toBe('e0');
    expect(await offerOf(['screen-audio'])).toBeUndefined();
  });

  it('is told when the track becomes known after its first word', async () => {
    scene.engine.tellSpeakers('room', ['e1']);
    expect(ann.told()).toEqual([]);
    await eve.offer({ tracks: { e1: 'audio' }, audio: 2, video: 2 });
    expect(ann.toldNames()).toEqual(['track-published', 'speakers-changed']);
  });

  it('is nobody who has left, or unpublished', async () => {
    scene.engine.tellSpeakers('room', ['a2', 'b2']);
    await ann.offer({ tracks: { a1: 'video' } });
    expect(eve.told().at(-1)).toEqual(speaks(bob));
    bob.leave();
    expect(eve.toldNames()).toEqual(['participant-left', 'speakers-changed']);
    expect(scene.service.snapshot(eve.seat).speakers).toEqual([]);
  });

  it('is nobody when the media worker died', async () => {
    scene.engine.tellSpeakers('room', ['a2']);
    eve.told();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    expect(eve.toldNames()).toEqual(['speakers-changed', 'media-lost']);
  });

  it('of another room, or of one that is no more, is told to nobody', () => {
    scene.engine.tellSpeakers('elsewhere', ['a2']);
    expect(ann.told()).toEqual([]);
  });
});
