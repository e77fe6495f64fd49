import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
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

async function setSent(guest: Guest, to: Guest, sent: boolean): Promise<void> {
  scene.service.setSent(guest.seat, to.id, sent);
  await settle();
}

function pausedFor(guest: Guest): readonly string[] {
  return [...scene.engine.pausedFor('room', guest.id)].sort();
}

const withholds = (guest: Guest, is = true) => ['participant-withholds', { participantId: guest.id, withholds: is }];

describe('who sends nothing to somebody', () => {
  it('has all its tracks paused for this one only, who alone is told, until it sends again', async () => {
    await setSent(ann, bob, false);
    expect([pausedFor(bob), pausedFor(eve)]).toEqual([['a1', 'a2'], []]);
    expect([ann, bob, eve].map((guest) => guest.told())).toEqual([[], [withholds(ann)], []]);
    const snapshots = [ann, bob, eve].map(({ seat }) => scene.service.snapshot(seat));
    expect(snapshots.map(({ notSentTo }) => notSentTo)).toEqual([[bob.id], [], []]);
    expect(snapshots.map(({ withheldBy }) => withheldBy)).toEqual([[], [ann.id], []]);
    await setSent(ann, bob, true);
    expect(pausedFor(bob)).toEqual([]);
    expect([ann, bob, eve].map((guest) => guest.told())).toEqual([[], [withholds(ann, false)], []]);
  });

  it('costs nothing, and is told to nobody, when it is as it was', async () => {
    await setSent(ann, bob, false);
    bob.told();
    const before = scene.engine.calls.length;
    await setSent(ann, bob, false);
    await setSent(ann, eve, true);
    expect(scene.engine.calls).toHaveLength(before);
    expect(bob.told()).toEqual([]);
  });

  it('sends it nothing that is published later either', async () => {
    await setSent(bob, eve, false);
    await setSent(eve, ann, false);
    await bob.offer({ tracks: { b1: 'video', b3: 'video' }, audio: 1, video: 1 });
    await eve.offer({ tracks: { e1: 'video' }, audio: 2, video: 3 });
    await settle();
    expect(pausedFor(eve)).toEqual(['b1', 'b3']);
    expect(pausedFor(ann)).toEqual(['e1']);
  });

  it('goes on so by new offers, new peer connections and new sockets of both', async () => {
    await setSent(ann, bob, false);
    await bob.offer({ tracks: { b1: 'video' }, video: 2, audio: 1 });
    await bob.offer({ tracks: { b1: 'video' }, video: 2, audio: 1, fresh: true });
    expect(pausedFor(bob)).toEqual(['a1', 'a2']);
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    expect(pausedFor(bob)).toEqual(['a1']);
    for (const guest of [ann, bob]) guest.loseSocket();
    expect(ann.resume().notSentTo).toEqual([bob.id]);
    expect(bob.resume().withheldBy).toEqual([ann.id]);
    expect(pausedFor(bob)).toEqual(['a1']);
  });

  it('goes on so in the worker that takes the place of a dead one', async () => {
    await setSent(ann, bob, false);
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await bob.offer({ video: 1, fresh: true });
    expect(pausedFor(bob)).toEqual(['a1']);
  });

  it('can do so before the other has offered, and while the other is away, who learns it when it is back', async () => {
    const joe = scene.join('Joe');
    await setSent(ann, joe, false);
    await joe.offer({ audio: 2, video: 2 });
    expect(pausedFor(joe)).toEqual(['a1', 'a2']);
    bob.loseSocket();
    await setSent(ann, bob, false);
    expect(bob.resume().withheldBy).toEqual([ann.id]);
  });

  it('is obeyed after a moment when the engine is busy', async () => {
    scene.engine.refuse('subscribe', 'worker-busy');
    await setSent(ann, bob, false);
    expect(pausedFor(bob)).toEqual([]);
    await scene.pass(500);
    expect(pausedFor(bob)).toEqual(['a1', 'a2']);
  });

  it('has its own wish beside that of the other: both must want a track', async () => {
    scene.service.setReceived(bob.seat, 'a1', false);
    await setSent(ann, bob, false);
    expect(pausedFor(bob)).toEqual(['a1', 'a2']);
    scene.service.setReceived(bob.seat, 'a1', true);
    scene.service.setReceived(bob.seat, 'a2', true);
    await settle();
    expect(pausedFor(bob), 'what the other wishes does not count').toEqual(['a1', 'a2']);
    scene.service.setReceived(bob.seat, 'a2', false);
    await setSent(ann, bob, true);
    expect(pausedFor(bob), 'its own wish was kept').toEqual(['a2']);
  });

  it('is one of several who may, each the other too', async () => {
    await setSent(ann, bob, false);
    await setSent(bob, ann, false);
    await setSent(bob, eve, false);
    expect([ann, bob, eve].map(pausedFor)).toEqual([
      ['b1', 'b2'],
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
    await setSent(bob, ann, true);
    expect([ann, bob, eve].map(pausedFor)).toEqual([[], ['a1', 'a2'], ['b1', 'b2']]);
  });

  it('is forgotten when either leaves: so nobody wishes more than there are participants', async () => {
    await setSent(ann, bob, false);
    await setSent(eve, bob, false);
    await setSent(bob, eve, false);
    bob.leave();
    await settle();
    for (const guest of [ann, eve]) {
      expect(scene.service.snapshot(guest.seat)).toMatchObject({ notSentTo: [], withheldBy: [] });
    }
    const again = scene.join('Bob');
    expect(again.snapshot).toMatchObject({ notSentTo: [], withheldBy: [] });
  });

  it('may still be heard of: who speaks is told to all', async () => {
    await setSent(ann, bob, false);
    bob.told();
    scene.engine.tellSpeakers('room', ['a2']);
    expect(bob.told()).toEqual([['speakers-changed', { participantIds: [ann.id] }]]);
  });

  it('is refused about oneself, nobody, somebody elsewhere or gone, and when one has left', () => {
    const set = (guest: Guest, participantId: string) => () => scene.service.setSent(guest.seat, participantId, false);
    const joe = scene.join('Joe', 'elsewhere');
    expect(set(ann, ann.id)).toThrow(refusedAs('request-malformed'));
    for (const id of ['none', '__proto__', joe.id]) expect(set(ann, id)).toThrow(refusedAs('participant-unknown'));
    bob.leave();
    expect(set(ann, bob.id)).toThrow(refusedAs('participant-unknown'));
    expect(set(bob, ann.id)).toThrow(refusedAs('not-in-room'));
    expect(scene.service.snapshot(ann.seat).notSentTo).toEqual([]);
  });
});
