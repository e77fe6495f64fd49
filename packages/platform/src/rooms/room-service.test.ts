import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { Scene } from './test/scene.ts';

let scene: Scene;

const refusedAs = (code: string): object => expect.objectContaining({ code });

beforeEach(() => {
  scene = new Scene();
});

describe('entering', () => {
  it('shows the room as it is, and what to offer to receive all of it', async () => {
    const ann = scene.join('Ann');
    await ann.offer({ tracks: { a1: 'video', a2: 'audio' } });
    const bob = scene.join('Bob');
    await bob.offer({ tracks: { b1: 'video' }, muted: true });
    bob.loseSocket();
    const eve = scene.join('Eve');
    const camera = { kind: 'video', source: 'camera' };
    expect(eve.snapshot).toEqual({
      room: 'room',
      participantId: eve.id,
      resumeToken: eve.seat.participant.resumeToken,
      capacity: 10,
      role: 'guest',
      hostToken: null,
      handRaisedAt: null,
      locked: false,
      relayOnly: false,
      chat: [],
      participants: [
        {
          participantId: ann.id,
          name: 'Ann',
          away: false,
          role: 'host',
          handRaisedAt: null,
          tracks: [
            { trackId: 'a1', ...camera, muted: false },
            { trackId: 'a2', kind: 'audio', source: 'microphone', muted: false },
          ],
        },
        {
          participantId: bob.id,
          name: 'Bob',
          away: true,
          role: 'guest',
          handRaisedAt: null,
          tracks: [{ trackId: 'b1', ...camera, muted: true }],
        },
      ],
      speakers: [],
      notReceived: [],
      notSentTo: [],
      withheldBy: [],
      sectionsNeeded: { offer: true, audio: 1, video: 2 },
      hasMedia: false,
    });
  });

  it('asks nothing of the engine, however many enter and leave', async () => {
    const guests = Array.from({ length: 10 }, (_, i) => scene.join(`Guest ${i}`));
    await settle();
    expect(guests.map(({ snapshot }) => snapshot.hasMedia)).toEqual(Array(10).fill(false));
    for (const guest of guests) guest.leave();
    await settle();
    expect(scene.engine.calls).toEqual([]);
    expect(scene.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
  });

  it('without an offer ends after 30 s: who entered is told, and so are the others', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer();
    await scene.pass(29_999);
    scene.engine.refuse('negotiate', 'sdp-malformed');
    await expect(bob.offer()).rejects.toEqual(refusedAs('sdp-malformed'));
    expect(bob.told()).toEqual([]);
    await scene.pass(1);
    expect(bob.told()).toEqual([['room-closed', refusedAs('offer-missing')]]);
    expect(ann.told().at(-1)).toEqual(['participant-left', { participantId: bob.id, reason: 'removed' }]);
    await expect(bob.offer()).rejects.toEqual(refusedAs('not-in-room'));
    expect(scene.engine.rooms).toEqual({ room: [ann.id] });
    await scene.pass(3_600_000);
    expect(ann.told()).toEqual([]);
  });

  it('with offers opens a room and peers in the engine, the last who leaves closes them, and nothing stays behind', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer();
    await bob.offer();
    expect(scene.engine.rooms).toEqual({ room: [ann.id, bob.id] });
    ann.leave();
    await settle();
    expect(scene.engine.rooms).toEqual({ room: [bob.id] });
    bob.leave();
    await settle();
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
    expect(scene.logged).toEqual([]);
  });

  it('a room whose last one is just leaving keeps its engine room, without the peers of before', async () => {
    const ann = scene.join('Ann');
    await ann.offer();
    const release = scene.engine.hold('closePeer');
    ann.leave();
    await settle();
    const bob = scene.join('Bob');
    release();
    await bob.offer({ tracks: { b1: 'video' } });
    expect(scene.engine.rooms).toEqual({ room: [bob.id] });
    expect(scene.engine.publishedBy('room', bob.id)).toEqual(['b1']);
    expect(scene.logged).toEqual([]);
  });

  it('does not wait for the engine; the first offer does', async () => {
    const release = scene.engine.hold('openRoom');
    const ann = scene.join('Ann');
    const answer = ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(scene.engine.calls).toEqual(['openRoom room']);
    release();
    expect((await answer).published).toEqual([{ trackId: 'a1', mid: 'a1', kind: 'video', codec: 'VP8' }]);
  });

  it('many at once opens one room and one peer for each', async () => {
    const guests = Array.from({ length: 10 }, (_, i) => scene.join(`Guest ${i}`));
    await Promise.all(guests.map((guest, i) => guest.offer({ tracks: { [`t${i}`]: 'video' } })));
    await settle();
    expect(scene.engine.rooms).toEqual({ room: guests.map(({ id }) => id) });
    expect(scene.engine.calls.filter((call) => call.startsWith('openRoom'))).toHaveLength(1);
    for (const [i, { id }] of guests.entries()) {
      const others = guests.flatMap((_, j) => (i === j ? [] : [`t${j}`]));
      expect([...scene.engine.wantedBy('room', id)].sort()).toEqual(others.sort());
    }
  });
});

describe('leaving', () => {
  it('while an offer is under way: it is refused, and the peer is closed', async () => {
    const [bob, ann] = [scene.join('Bob'), scene.join('Ann')];
    await bob.offer();
    await settle();
    bob.told();
    const release = scene.engine.hold('negotiate');
    const answer = ann.offer({ tracks: { a1: 'video' } });
    await settle();
    ann.leave();
    release();
    await expect(answer).rejects.toEqual(refusedAs('not-in-room'));
    await settle();
    expect(bob.toldNames()).toEqual(['participant-left']);
    expect(scene.engine.rooms).toEqual({ room: [bob.id] });
    expect(scene.engine.wantedBy('room', bob.id)).toEqual([]);
  });

  it('while one offer is under way and one waits refuses both, and the engine never sees the second', async () => {
    const ann = scene.join('Ann');
    const release = scene.engine.hold('negotiate');
    const answers = Promise.allSettled([ann.offer(), ann.offer({ fresh: true })]);
    await settle();
    ann.leave();
    release();
    for (const answer of await answers) expect(answer).toMatchObject({ reason: refusedAs('not-in-room') });
    await settle();
    expect(scene.engine.calls.filter((call) => call.startsWith('negotiate'))).toHaveLength(1);
    expect(scene.engine.rooms).toEqual({});
  });

  it('ends the tracks for the others, who need not offer for that', async () => {
    const [bob, ann] = [scene.join('Bob'), scene.join('Ann')];
    await ann.offer({ tracks: { a1: 'video' } });
    await bob.offer({ video: 1 });
    await settle();
    bob.told();
    ann.leave();
    await settle();
    expect(bob.told()).toEqual([['participant-left', { participantId: ann.id, reason: 'left' }]]);
    expect(scene.engine.wantedBy('room', bob.id)).toEqual([]);
  });

  it('is final: nothing can be asked with the seat any more, and nothing is kept for it', async () => {
    const ann = scene.join('Ann');
    await ann.offer({ tracks: { a1: 'video' } });
    ann.leave();
    await settle();
    await expect(ann.offer()).rejects.toEqual(refusedAs('not-in-room'));
    expect(() => scene.service.setMuted(ann.seat, 'a1', true)).toThrow(refusedAs('not-in-room'));
    expect(() => scene.service.snapshot(ann.seat)).toThrow(refusedAs('not-in-room'));
    expect(() => ann.resume()).toThrow(refusedAs('resume-expired'));
    ann.leave();
    await settle();
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
  });

  it('is the last that is told, whatever is under way: the connection may be in another room by then', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await bob.offer();
    await settle();
    bob.told();
    await ann.offer();
    const release = scene.engine.hold('subscribe');
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    expect(bob.toldNames()).toEqual(['track-published']);
    bob.leave();
    release();
    await settle();
    expect(bob.told()).toEqual([]);
  });

  it('goes on when the engine cannot close the peer', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await bob.offer();
    scene.engine.refuse('closePeer', 'worker-busy');
    ann.leave();
    await settle();
    expect(scene.engine.wantedBy('room', bob.id)).toEqual([]);
    await bob.offer({ tracks: { b1: 'video' } });
  });
});

describe('absence', () => {
  it('with media that goes on ends when the socket is back within 30 s, and no offer is needed', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer({ tracks: { a1: 'video' } });
    await bob.offer({ video: 1 });
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    await scene.pass(29_999);
    expect(bob.resume()).toMatchObject({ hasMedia: true, sectionsNeeded: { offer: false, audio: 0, video: 0 } });
    await scene.pass(60_000);
    expect(ann.told().slice(1)).toEqual([
      ['participant-away', { participantId: bob.id, away: true }],
      ['participant-away', { participantId: bob.id, away: false }],
    ]);
    expect(scene.engine.rooms).toEqual({ room: [ann.id, bob.id] });
  });

  it('with media that goes on ends after 30 s with the place', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await ann.offer();
    await bob.offer();
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    await scene.pass(30_000);
    expect(() => bob.resume()).toThrow(refusedAs('resume-expired'));
    expect(ann.told().at(-1)).toEqual(['participant-left', { participantId: bob.id, reason: 'lost' }]);
    expect(scene.engine.rooms).toEqual({ room: [ann.id] });
  });

  it('in which the media fails is told when it is over, if it is over before the place is', async () => {
    const bob = scene.join('Bob');
    await bob.offer();
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    scene.engine.tellState('room', bob.id, 'failed');
    expect(bob.resume()).toMatchObject({ hasMedia: false });
    expect(bob.told()).toEqual([]);
    await bob.offer({ fresh: true });
    expect(scene.service.snapshot(bob.seat).hasMedia).toBe(true);
  });

  it('in which the media worker dies is told when it is over', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await Promise.all([ann.offer(), bob.offer()]);
    bob.loseSocket();
    scene.engine.die();
    scene.engine.respawn();
    await settle();
    expect(bob.resume()).toMatchObject({ hasMedia: false });
    expect(bob.told()).toEqual([]);
  });

  it('of a killed browser, whose media stops 10 s after its socket, ends within 15 s', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await bob.offer({ tracks: { b1: 'video' } });
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    await scene.pass(10_000);
    scene.engine.tellState('room', bob.id, 'disconnected');
    await scene.pass(1_000);
    expect(ann.toldNames()).not.toContain('participant-left');
    await scene.pass(4_000);
    expect(ann.toldNames()).toEqual(['participant-left']);
  });

  it('of a closed page, whose media says good-bye, ends at once', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await bob.offer();
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    scene.engine.tellState('room', bob.id, 'failed');
    await scene.pass(0);
    expect(ann.toldNames().at(-1)).toBe('participant-left');
  });

  it('shows who comes back all that was missed, and what to offer for it', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    await bob.offer();
    scene.engine.tellState('room', bob.id, 'connected');
    bob.loseSocket();
    await ann.offer({ tracks: { a1: 'video' }, muted: true });
    await settle();
    expect(bob.told().map(([name]) => name)).toEqual([]);
    const snapshot = bob.resume();
    expect(snapshot.participants[0].tracks).toMatchObject([{ trackId: 'a1', muted: true }]);
    expect(snapshot.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
    expect(snapshot.hasMedia).toBe(true);
  });
});

describe('the end of all rooms', () => {
  it('is told to everybody, closes the engine rooms, and refuses who comes', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob', 'elsewhere')];
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    await scene.service.close();
    for (const guest of [ann, bob]) {
      expect(guest.told().at(-1)).toEqual(['room-closed', expect.objectContaining({ code: 'server-stopping' })]);
    }
    expect(scene.engine.rooms).toEqual({});
    expect(scene.engine.listenerCount).toBe(0);
    expect(scene.service.statistics()).toEqual({ rooms: 0, participants: 0, away: 0, mediaRooms: 0 });
    expect(() => scene.join('Eve')).toThrow(refusedAs('server-stopping'));
    await expect(ann.offer()).rejects.toEqual(refusedAs('not-in-room'));
  });

  it('waits for what is under way', async () => {
    const ann = scene.join('Ann');
    const release = scene.engine.hold('negotiate');
    const answer = ann.offer();
    answer.catch(() => {});
    await settle();
    let isClosed = false;
    const closing = scene.service.close().then(() => (isClosed = true));
    await settle();
    expect(isClosed).toBe(false);
    release();
    await closing;
    await expect(answer).rejects.toEqual(refusedAs('not-in-room'));
    expect(scene.engine.rooms).toEqual({});
  });
});
