import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import type { Moderation } from './moderation.ts';
import type { Seat } from './room-registry.ts';
import { muteAskRate } from './participant.ts';
import { type Guest, Scene } from './test/scene.ts';

let scene: Scene;
let moderation: Moderation;
let ann: Guest;
let bob: Guest;
let eve: Guest;

const refusedAs = (code: string): unknown => expect.objectContaining({ code });

function forget(): void {
  for (const guest of [ann, bob, eve]) guest.told();
}

beforeEach(async () => {
  scene = new Scene();
  ({ moderation } = scene.service);
  [ann, bob, eve] = [scene.join('Ann'), scene.join('Bob'), scene.join('Eve')];
  for (const guest of [ann, bob, eve]) await guest.offer();
  await settle();
  forget();
});

describe('every act', () => {
  const acts: Readonly<Record<string, (seat: Seat, participantId: string) => void>> = {
    'lock-room': (seat) => moderation.lockRoom(seat, true),
    'set-relay-only': (seat) => moderation.setRelayOnly(seat, true),
    'remove-participant': (seat, id) => moderation.removeParticipant(seat, id),
    'ask-to-mute': (seat, id) => moderation.askToMute(seat, id, 'microphone', scene.now),
    'lower-hand': (seat, id) => moderation.lowerHand(seat, id),
    'lower-all-hands': (seat) => moderation.lowerAllHands(seat),
    'end-room': (seat) => moderation.endRoom(seat),
  };

  it.each(Object.entries(acts))('%s is refused to a guest, and to a host who has left', (_name, act) => {
    scene.service.conversation.setHand(eve.seat, true, scene.wallNow);
    forget();
    expect(() => act(bob.seat, eve.id)).toThrow(refusedAs('not-host'));
    expect([ann, bob, eve].flatMap((guest) => guest.told())).toEqual([]);
    ann.leave();
    forget();
    expect(() => act(ann.seat, eve.id)).toThrow(refusedAs('not-in-room'));
    expect([bob, eve].flatMap((guest) => guest.told())).toEqual([]);
    expect(scene.service.statistics().participants).toBe(2);
  });

  it.each(['remove-participant', 'ask-to-mute', 'lower-hand'])('%s is refused about who is not there', (name) => {
    eve.leave();
    const carl = scene.join('Carl', 'elsewhere');
    for (const id of [eve.id, carl.id, 'nobody', '__proto__']) {
      expect(() => acts[name]?.(ann.seat, id)).toThrow(refusedAs('participant-unknown'));
    }
    expect(carl.told()).toEqual([]);
  });

  it('leaves a line in the log, with names of participants and without secrets', () => {
    for (const guest of [ann, eve]) scene.service.conversation.setHand(guest.seat, true, scene.wallNow);
    for (const act of Object.values(acts)) act(ann.seat, bob.seat.room.has(bob.seat.participant) ? bob.id : eve.id);
    expect(scene.noted).toContain(`Room room: host ${ann.id} removed ${bob.id}.`);
    expect(scene.noted).toHaveLength(7);
    expect(scene.noted.join()).not.toContain(ann.snapshot.hostToken);
    expect(scene.noted.join()).not.toContain(bob.snapshot.resumeToken);
  });
});

describe('a locked room', () => {
  it('is told to everybody, once, and shown to who resumes', () => {
    moderation.lockRoom(ann.seat, true);
    moderation.lockRoom(ann.seat, true);
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual([['room-lock-changed', { locked: true }]]);
    bob.loseSocket();
    expect(bob.resume().locked).toBe(true);
    moderation.lockRoom(ann.seat, false);
    expect(bob.told()).toEqual([['room-lock-changed', { locked: false }]]);
  });

  it('takes nobody but hosts, until it is unlocked', () => {
    moderation.lockRoom(ann.seat, true);
    forget();
    expect(() => scene.join('Carl')).toThrow(refusedAs('room-locked'));
    expect(() => scene.join('Carl', 'room', 'wrong')).toThrow(refusedAs('room-locked'));
    expect(bob.told()).toEqual([]);
    const token = ann.snapshot.hostToken ?? '';
    expect(scene.join('Dora', 'room', token).snapshot).toMatchObject({ role: 'host', locked: true });
    moderation.lockRoom(ann.seat, false);
    expect(scene.join('Carl').snapshot.locked).toBe(false);
  });

  it('that is full refuses hosts too', () => {
    for (let i = 3; i < 10; i++) scene.join(`Guest ${i}`);
    moderation.lockRoom(ann.seat, true);
    expect(() => scene.join('Dora', 'room', ann.snapshot.hostToken ?? '')).toThrow(refusedAs('room-full'));
  });

  it('is open again when everybody has left it', () => {
    moderation.lockRoom(ann.seat, true);
    for (const guest of [ann, bob, eve]) guest.leave();
    expect(scene.join('Carl').snapshot).toMatchObject({ locked: false, role: 'host' });
  });
});

describe('media by relays only', () => {
  it('is told to everybody, once, and shown to who joins or resumes', () => {
    moderation.setRelayOnly(ann.seat, true);
    moderation.setRelayOnly(ann.seat, true);
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual([['room-relay-changed', { relayOnly: true }]]);
    bob.loseSocket();
    expect(bob.resume().relayOnly).toBe(true);
    expect(scene.join('Carl').snapshot.relayOnly).toBe(true);
    forget();
    moderation.setRelayOnly(ann.seat, false);
    expect(bob.told()).toEqual([['room-relay-changed', { relayOnly: false }]]);
    expect(scene.join('Dora').snapshot.relayOnly).toBe(false);
  });

  it('ends with the room', () => {
    moderation.setRelayOnly(ann.seat, true);
    for (const guest of [ann, bob, eve]) guest.leave();
    expect(scene.join('Carl').snapshot.relayOnly).toBe(false);
  });

  it('is refused where there is no TURN server, to hosts as to guests', () => {
    const without = new Scene(10, false);
    const [host, guest] = [without.join('Ann'), without.join('Bob')];
    host.told();
    expect(() => without.service.moderation.setRelayOnly(host.seat, true)).toThrow(refusedAs('relay-unavailable'));
    expect(() => without.service.moderation.setRelayOnly(guest.seat, true)).toThrow(refusedAs('not-host'));
    expect([...host.told(), ...guest.told()]).toEqual([]);
    expect(guest.resume().relayOnly).toBe(false);
  });
});

describe('removing', () => {
  it('ends the stay: it is told, so are the others, and its peer is closed', async () => {
    moderation.removeParticipant(ann.seat, bob.id);
    await settle();
    expect(bob.told()).toEqual([['room-closed', refusedAs('removed-by-host')]]);
    const left = ['participant-left', { participantId: bob.id, reason: 'removed' }];
    expect(ann.told()).toEqual([left, ['host-token', { hostToken: expect.any(String) }]]);
    expect(eve.told()).toEqual([left]);
    expect(scene.engine.rooms).toEqual({ room: [ann.id, eve.id] });
    await expect(bob.offer()).rejects.toEqual(refusedAs('not-in-room'));
  });

  it('is final: the place cannot be resumed, also by who was away then', () => {
    bob.loseSocket();
    moderation.removeParticipant(ann.seat, bob.id);
    expect(() => bob.resume()).toThrow(refusedAs('removed-by-host'));
    expect(() => bob.resume()).toThrow(refusedAs('removed-by-host'));
  });

  it('oneself is refused', () => {
    expect(() => moderation.removeParticipant(ann.seat, ann.id)).toThrow(refusedAs('request-malformed'));
    expect(scene.service.statistics().participants).toBe(3);
  });

  it('makes the token worthless that a host knew; the hosts who are left are told another', () => {
    const token = ann.snapshot.hostToken ?? '';
    const dora = scene.join('Dora', 'room', token);
    moderation.lockRoom(ann.seat, true);
    forget();
    moderation.removeParticipant(ann.seat, dora.id);
    const [, [name, event] = []] = ann.told();
    expect([name, event]).toEqual(['host-token', { hostToken: expect.any(String) }]);
    expect(event).not.toEqual({ hostToken: token });
    expect(bob.toldNames()).toEqual(['participant-left']);
    expect(() => scene.join('Dora', 'room', token)).toThrow(refusedAs('room-locked'));
    expect(scene.join('Carl', 'room', (event as { readonly hostToken: string }).hostToken).snapshot.role).toBe('host');
  });

  it('makes it worthless when it is a guest too: it may have been a host before, or been sent the link', () => {
    const token = ann.snapshot.hostToken ?? '';
    ann.leave();
    const again = scene.join('Ann');
    expect(again.snapshot.role).toBe('guest');
    moderation.removeParticipant(bob.seat, again.id);
    moderation.lockRoom(bob.seat, true);
    expect(() => scene.join('Ann', 'room', token)).toThrow(refusedAs('room-locked'));
    const { hostToken } = scene.service.snapshot(bob.seat);
    expect(bob.told()).toContainEqual(['host-token', { hostToken }]);
    expect(scene.join('Carl', 'room', hostToken ?? '').snapshot.role).toBe('host');
    expect(eve.toldNames()).not.toContain('host-token');
  });
});

describe('asking to mute', () => {
  it('is told to that one alone, with who asks', () => {
    moderation.askToMute(ann.seat, bob.id, 'camera', scene.now);
    expect(bob.told()).toEqual([['mute-asked', { participantId: ann.id, source: 'camera' }]]);
    expect([...ann.told(), ...eve.told()]).toEqual([]);
  });

  it('somebody who is away is told to nobody', () => {
    bob.loseSocket();
    forget();
    moderation.askToMute(ann.seat, bob.id, 'microphone', scene.now);
    bob.resume();
    expect(bob.told()).toEqual([]);
  });
});

describe('asking somebody to mute again and again', () => {
  const ask = (host: Guest, victim: Guest): void => moderation.askToMute(host.seat, victim.id, 'microphone', scene.now);

  it(`is refused after ${muteAskRate.burstMax} times, whoever asks, and done again later; others can be asked`, async () => {
    const dora = scene.join('Dora', 'room', ann.snapshot.hostToken ?? '');
    forget();
    for (let i = 0; i < muteAskRate.burstMax; i++) ask(i % 2 === 0 ? ann : dora, bob);
    for (const host of [ann, dora]) expect(() => ask(host, bob)).toThrow(refusedAs('rate-limited'));
    ask(ann, eve);
    expect(bob.toldNames()).toHaveLength(muteAskRate.burstMax);
    expect(scene.noted).toHaveLength(muteAskRate.burstMax + 1);
    await scene.pass(1_000 / muteAskRate.perSecond);
    ask(dora, bob);
    expect(() => ask(ann, bob)).toThrow(refusedAs('rate-limited'));
    expect(bob.toldNames()).toEqual(['mute-asked']);
  });
});

describe('lowering', () => {
  const raise = (guest: Guest): void => {
    scene.service.conversation.setHand(guest.seat, true, scene.wallNow);
  };

  it('a hand is told to everybody, its owner too; one that is not raised to nobody', () => {
    raise(bob);
    forget();
    moderation.lowerHand(ann.seat, bob.id);
    moderation.lowerHand(ann.seat, bob.id);
    const lowered = [['hand-changed', { participantId: bob.id, handRaisedAt: null }]];
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual(lowered);
    expect(scene.service.snapshot(bob.seat).handRaisedAt).toBeNull();
  });

  it('all hands is one line in the log, and none when no hand is up', () => {
    for (const guest of [ann, bob, eve]) raise(guest);
    moderation.lowerAllHands(ann.seat);
    moderation.lowerAllHands(ann.seat);
    expect(scene.noted).toEqual([`Room room: host ${ann.id} lowered all hands: 3.`]);
  });

  it('all hands is told of each that was raised', () => {
    raise(ann);
    raise(eve);
    forget();
    moderation.lowerAllHands(ann.seat);
    const lowered = [ann, eve].map(({ id }) => ['hand-changed', { participantId: id, handRaisedAt: null }]);
    for (const guest of [ann, bob, eve]) expect(guest.told()).toEqual(lowered);
  });
});

describe('ending the room', () => {
  it('is told to everybody else, closes its media, and leaves nothing', async () => {
    scene.join('Carl', 'elsewhere');
    moderation.endRoom(ann.seat);
    await settle();
    expect(ann.told()).toEqual([]);
    for (const guest of [bob, eve]) expect(guest.told()).toEqual([['room-closed', refusedAs('ended-by-host')]]);
    expect(scene.engine.rooms).toEqual({});
    expect(scene.service.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
    await expect(ann.offer()).rejects.toEqual(refusedAs('not-in-room'));
    ann.leave();
    bob.loseSocket();
    expect(scene.service.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
  });

  it('is told nothing afterwards, whatever is under way', async () => {
    const release = scene.engine.hold('subscribe');
    await ann.offer({ tracks: { a1: 'video' } });
    await settle();
    bob.told();
    moderation.endRoom(ann.seat);
    release();
    await settle();
    expect(bob.toldNames()).toEqual(['room-closed']);
  });

  it('is final: nobody resumes; who joins opens another room, with its own chat and token', () => {
    scene.service.conversation.sendChat(bob.seat, 'Hello', scene.wallNow);
    eve.loseSocket();
    moderation.endRoom(ann.seat);
    for (const guest of [ann, bob, eve]) expect(() => guest.resume()).toThrow(refusedAs('ended-by-host'));
    const carl = scene.join('Carl');
    expect(carl.snapshot).toMatchObject({ role: 'host', chat: [], participants: [] });
    expect(carl.snapshot.hostToken).not.toBe(ann.snapshot.hostToken);
    expect(carl.seat.room.has(carl.seat.participant)).toBe(true);
  });
});
