import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { type Guest, Scene } from './test/scene.ts';

let scene: Scene;
let ann: Guest;
let bob: Guest;

const lost = ['media-lost', expect.objectContaining({ code: 'media-worker-lost' })];
const failed = ['media-lost', expect.objectContaining({ code: 'media-failed' })];

beforeEach(async () => {
  scene = new Scene();
  [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
  await ann.offer({ tracks: { a1: 'video' }, video: 1 });
  await bob.offer({ tracks: { b1: 'video' }, video: 1 });
  await ann.offer({ tracks: { a1: 'video' }, video: 1 });
  await settle();
  for (const guest of [ann, bob]) guest.told();
});

describe('a dead worker', () => {
  it('is told to those who have offered, and only to them; nobody has left', async () => {
    const eve = scene.join('Eve');
    await settle();
    for (const guest of [ann, bob]) guest.told();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    expect(ann.told()).toEqual([lost]);
    expect(bob.told()).toEqual([lost]);
    expect(eve.told()).toEqual([]);
    expect(scene.service.snapshot(eve.seat).participants.map(({ name }) => name)).toEqual(['Ann', 'Bob']);
  });

  it('is made up for by new offers: everybody receives everybody again', async () => {
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    for (const guest of [ann, bob]) guest.told();
    await Promise.all([
      ann.offer({ tracks: { a1: 'video' }, video: 1, fresh: true }),
      bob.offer({ tracks: { b1: 'video' }, video: 1, fresh: true }),
    ]);
    await settle();
    expect(bob.told()).toEqual([]);
    expect(ann.told()).toEqual([['sections-needed', { offer: true, audio: 0, video: 0 }]]);
    const answer = await ann.offer({ tracks: { a1: 'video' }, video: 1 });
    expect(answer.subscribed).toEqual([{ mid: 'video0', trackId: 'b1', participantId: bob.id }]);
    expect(scene.logged).toEqual([]);
  });

  it('that is noticed by an offer before it is told: the offer is refused, all are told once', async () => {
    scene.engine.die();
    await expect(ann.offer({ tracks: { a1: 'video' } })).rejects.toMatchObject({ code: 'room-unknown' });
    expect(ann.told()).toEqual([lost]);
    expect(bob.told()).toEqual([lost]);
    await expect(ann.offer({ fresh: true })).rejects.toMatchObject({ code: 'worker-lost' });
    scene.engine.respawn();
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    expect(ann.told()).toEqual([]);
    expect(bob.told()).toEqual([]);
    expect(scene.engine.publishedBy('room', ann.id)).toEqual(['a1']);
  });

  it('in the middle of an offer: the offer is refused with room-lost, and the next one is taken', async () => {
    const release = scene.engine.hold('negotiate');
    const answer = ann.offer({ tracks: { a1: 'video', a2: 'audio' } });
    answer.catch(() => {});
    await settle();
    scene.engine.die();
    release();
    await expect(answer).rejects.toMatchObject({ code: 'room-lost', message: expect.any(String) });
    expect(ann.told()).toEqual([lost]);
    scene.engine.respawn();
    await settle();
    expect([...ann.told(), ...bob.told()]).toEqual([lost]);
    expect(ann.seat.participant.describe().tracks.map(({ trackId }) => trackId)).toEqual(['a1']);
    expect((await ann.offer({ tracks: { a1: 'video', a2: 'audio' }, fresh: true })).published).toHaveLength(2);
  });

  it('between which and its replacement somebody joins: the join is taken, and so is an offer after it', async () => {
    scene.engine.die();
    const eve = scene.join('Eve');
    await settle();
    await expect(eve.offer()).rejects.toMatchObject({ code: 'worker-lost' });
    expect(ann.toldNames()).toEqual(['participant-joined', 'media-lost']);
    scene.engine.respawn();
    const answer = await eve.offer({ tracks: { e1: 'video' }, fresh: true });
    expect(answer.published).toHaveLength(1);
    await settle();
    expect(eve.told()).toEqual([]);
  });

  it('whose rooms were opened anew before it is told spares the new peers', async () => {
    scene.engine.die();
    await expect(ann.offer()).rejects.toMatchObject({ code: 'room-unknown' });
    for (const guest of [ann, bob]) guest.told();
    // Another worker takes the room before the dead one is back.
    scene.engine.recover();
    await Promise.all([
      ann.offer({ tracks: { a1: 'video' }, fresh: true }),
      bob.offer({ tracks: { b1: 'video' }, fresh: true }),
    ]);
    scene.engine.respawn();
    await settle();
    expect([...ann.toldNames(), ...bob.toldNames()]).not.toContain('media-lost');
    expect(scene.engine.rooms).toEqual({ room: [ann.id, bob.id] });
  });

  it('while the socket is lost: who comes back learns that it has no media', async () => {
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    expect(bob.told()).toEqual([]);
    expect(bob.resume().hasMedia).toBe(false);
    expect(bob.told()).toEqual([]);
    await bob.offer({ tracks: { b1: 'video' }, fresh: true });
  });

  it('while the socket is lost: who does not come back is removed as a silent one is', async () => {
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    await scene.pass(12_000);
    expect(ann.toldNames()).toContain('participant-left');
  });

  it('of a room that everybody has left since leaves nothing behind', async () => {
    scene.engine.die();
    ann.leave();
    bob.leave();
    scene.engine.respawn();
    await settle();
    expect(scene.engine.rooms).toEqual({});
    const eve = scene.join('Eve');
    expect((await eve.offer({ tracks: { e1: 'video' } })).published).toHaveLength(1);
  });
});

describe('one lost peer', () => {
  it('is found by its next offer, and told to that participant alone', async () => {
    scene.engine.losePeer('room', ann.id);
    await expect(ann.offer({ tracks: { a1: 'video' } })).rejects.toMatchObject({ code: 'peer-unknown' });
    await settle();
    expect(ann.told()).toEqual([lost]);
    expect(bob.told()).toEqual([]);
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    expect(bob.toldNames()).toEqual(['sections-needed']);
  });

  it('whose association failed is told, and does not count as media until a new one is there', async () => {
    scene.engine.tellState('room', ann.id, 'failed');
    expect(ann.told()).toEqual([failed]);
    expect(bob.told()).toEqual([]);
    expect(scene.service.snapshot(ann.seat).hasMedia).toBe(false);
    await ann.offer({ tracks: { a1: 'video' }, fresh: true });
    expect(scene.service.snapshot(ann.seat).hasMedia).toBe(true);
  });

  it('of a peer connection that its client has replaced is of no account', async () => {
    const release = scene.engine.hold('openPeer');
    const answer = ann.offer({ tracks: { a1: 'video' }, fresh: true });
    await settle();
    scene.engine.tellState('room', ann.id, 'failed');
    release();
    await answer;
    expect(ann.told()).toEqual([]);
    expect(scene.service.snapshot(ann.seat).hasMedia).toBe(true);
  });

  it('of somebody unknown is of no account', async () => {
    scene.engine.tellState('room', 'nobody', 'failed');
    scene.engine.tellState('nowhere', ann.id, 'failed');
    await settle();
    expect([...ann.told(), ...bob.told()]).toEqual([]);
  });
});
