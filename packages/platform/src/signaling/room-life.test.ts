import { chatHistoryLengthMax, chatLengthMax, messageBytesMax, type Participant, type RoomSnapshot } from '@rivero/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeOffer } from '../../test/fake-engine.ts';
import { type Client, Served } from '../../test/served.ts';
import { outgoingBytesMax } from './outgoing-bytes.ts';
import { chatRate } from './request-limits.ts';

let served: Served;
let ann: Client;
let bob: Client;
/** What they were told when they joined. */
let annsRoom: RoomSnapshot;
let bobsRoom: RoomSnapshot;
let annId: string;
let bobId: string;

beforeEach(async () => {
  served = await Served.start(3, { socketsPerAddress: 64 });
  [ann, bob] = await Promise.all([served.connect(), served.connect()]);
  [annsRoom, bobsRoom] = [await ann.join('Ann'), await bob.join('Bob')];
  [annId, bobId] = [annsRoom.participantId, bobsRoom.participantId];
});

afterEach(async () => {
  await served.stop();
});

describe('a conversation over sockets', () => {
  it('is said, shown and heard; who comes later knows what was said', async () => {
    const before = Date.now();
    const answer = await ann.request('send-chat', { text: ' Hello\nBob ' });
    expect(answer).toEqual({ ok: true, value: { messageId: expect.any(String), at: expect.any(Number) } });
    const said = (await bob.hears('chat-message')) as { readonly messageId: string; readonly at: number };
    expect(said).toMatchObject({ participantId: annId, name: 'Ann', text: 'Hello\nBob' });
    expect(answer).toMatchObject({ value: { messageId: said.messageId, at: said.at } });
    expect(said.at).toBeGreaterThanOrEqual(before);
    expect(said.at).toBeLessThanOrEqual(Date.now());
    expect(await ann.codeOf('react', { reaction: 'heart' })).toBe('ok');
    expect(await bob.hears('reaction')).toEqual({ participantId: annId, reaction: 'heart' });
    const raised = await ann.request('set-hand', { raised: true });
    expect(raised).toEqual({ ok: true, value: { handRaisedAt: expect.any(Number) } });
    expect(raised).toMatchObject({
      value: { handRaisedAt: ((await bob.hears('hand-changed')) as Participant).handRaisedAt },
    });
    const carl = await served.connect();
    expect(await carl.join('Carl')).toMatchObject({
      chat: [said],
      participants: [{ role: 'host' }, { role: 'guest' }],
    });
    expect(ann.log.filter((name) => name !== 'answer')).toEqual(['participant-joined', 'participant-joined']);
  });

  it.each([
    ['send-chat', {}],
    ['send-chat', { text: ' \n ' }],
    ['send-chat', { text: 'x'.repeat(chatLengthMax + 1) }],
    ['send-chat', { text: 'nnA\u202e' }],
    ['send-chat', { text: ['Hello'] }],
    ['react', { reaction: 'love' }],
    ['react', { reaction: '__proto__' }],
    ['set-muted', { trackId: 'a1' }],
    ['set-muted', { trackId: 'a1', muted: 'yes' }],
    ['set-received', { trackId: 'a1' }],
    ['set-received', { trackId: '', received: false }],
    ['set-sent', { participantId: 'x' }],
    ['set-sent', { participantId: 'x', sent: 'no' }],
    ['set-sent', { participantId: 'x'.repeat(65), sent: false }],
    ['set-hand', { raised: 1 }],
    ['lock-room', { locked: 'yes' }],
    ['set-relay-only', { relayOnly: 1 }],
    ['set-relay-only', {}],
    ['ice-servers', null],
    ['remove-participant', {}],
    ['remove-participant', { participantId: 'x'.repeat(65) }],
    ['ask-to-mute', { participantId: 'x', source: 'screen' }],
    ['lower-hand', { participantId: 7 }],
    ['lower-all-hands', null],
    ['end-room', 'now'],
    ['leave', []],
    ['leave', 7],
  ])('%s with %j is request-malformed, and told to nobody', async (name, request) => {
    expect(await ann.codeOf(name, request)).toBe('request-malformed');
    expect(await bob.codeOf('set-muted', { trackId: 'a', muted: true })).toBe('track-unknown');
    expect(bob.events).toEqual([]);
  });

  it.each([
    ['send-chat', { text: 'Hello' }],
    ['react', { reaction: 'clap' }],
    ['set-hand', { raised: true }],
    ['lock-room', { locked: true }],
    ['set-relay-only', { relayOnly: true }],
    ['remove-participant', { participantId: 'x' }],
    ['ask-to-mute', { participantId: 'x', source: 'camera' }],
    ['lower-hand', { participantId: 'x' }],
    ['lower-all-hands', {}],
    ['end-room', {}],
  ])('%s before a join, and after a leave, is refused as not-in-room', async (name, request) => {
    const client = await served.connect();
    expect(await client.codeOf(name, request)).toBe('not-in-room');
    expect(await client.codeOf(name, null), 'it is not read').toBe('not-in-room');
    await client.join('Carl');
    await client.request('leave', {});
    expect(await client.codeOf(name, request)).toBe('not-in-room');
  });

  it('that floods is refused, and the others are told no more than its rate', async () => {
    const codes = await Promise.all(
      Array.from({ length: chatRate.burstMax + 10 }, (_, i) => ann.codeOf('send-chat', { text: `${i}` })),
    );
    expect(codes.slice(0, chatRate.burstMax)).toEqual(Array(chatRate.burstMax).fill('ok'));
    expect(codes.filter((code) => code === 'rate-limited').length).toBeGreaterThan(7);
    await ann.request('leave', {});
    await bob.hears('participant-left');
    expect(bob.log.filter((name) => name === 'chat-message')).toHaveLength(
      codes.filter((code) => code === 'ok').length,
    );
  });

  it('of the longest history, in the letters that take most bytes, fits into what may wait for a client', () => {
    const bytes = Buffer.byteLength(JSON.stringify('語'.repeat(chatHistoryLengthMax)));
    expect(bytes).toBeLessThan(outgoingBytesMax / 4);
    expect(Buffer.byteLength(JSON.stringify({ text: '\n'.repeat(chatLengthMax) }))).toBeLessThan(messageBytesMax);
  });
});

describe('moderation over sockets', () => {
  it('is refused to a guest', async () => {
    for (const [name, request] of [
      ['lock-room', { locked: true }],
      ['set-relay-only', { relayOnly: true }],
      ['remove-participant', { participantId: annId }],
      ['ask-to-mute', { participantId: annId, source: 'camera' }],
      ['lower-hand', { participantId: annId }],
      ['lower-all-hands', {}],
      ['end-room', {}],
    ] as const) {
      expect(await bob.codeOf(name, request), name).toBe('not-host');
    }
    expect(ann.log.filter((name) => name !== 'answer')).toEqual(['participant-joined']);
  });

  it('locks the room for all but hosts and those who resume', async () => {
    expect(await ann.codeOf('lock-room', { locked: true })).toBe('ok');
    expect(await bob.hears('room-lock-changed')).toEqual({ locked: true });
    const carl = await served.connect();
    expect(await carl.codeOf('join', { room: 'room', name: 'Carl' })).toBe('room-locked');
    expect(await carl.codeOf('join', { room: 'room', name: 'Carl', hostToken: 7 })).toBe('request-malformed');
    const { hostToken, resumeToken } = annsRoom;
    expect(await carl.enter('join', { room: 'room', name: 'Carl', hostToken })).toMatchObject({ role: 'host' });
    const again = await served.connect();
    expect(await again.enter('resume', { resumeToken })).toMatchObject({ participantId: annId, locked: true });
  });

  it('sends all media through relays, and refuses it where there is no TURN server', async () => {
    expect(await ann.codeOf('set-relay-only', { relayOnly: true })).toBe('ok');
    expect(await bob.hears('room-relay-changed')).toEqual({ relayOnly: true });
    expect(await ann.hears('room-relay-changed')).toEqual({ relayOnly: true });
    const carl = await served.connect();
    expect(await carl.join('Carl')).toMatchObject({ relayOnly: true });
    await served.stop();
    const iceServers = { hasRelay: false, issue: () => ({ iceServers: [], lifetime: 60 }) };
    served = await Served.start(3, { iceServers });
    const dora = await served.connect();
    expect(await dora.join('Dora')).toMatchObject({ role: 'host', ice: { iceServers: [] } });
    expect(await dora.codeOf('set-relay-only', { relayOnly: true })).toBe('relay-unavailable');
  });

  it('removes somebody, who can join again but not resume, and whose peer is closed', async () => {
    const { resumeToken } = bobsRoom;
    await bob.request('negotiate', { offer: fakeOffer(), tracks: [], fresh: true });
    expect(await ann.codeOf('remove-participant', { participantId: bobId })).toBe('ok');
    expect(await bob.hears('room-closed')).toMatchObject({ code: 'removed-by-host' });
    expect(await ann.hears('participant-left')).toEqual({ participantId: bobId, reason: 'removed' });
    await expect.poll(() => served.engine.rooms).toEqual({ room: [] });
    expect(await bob.codeOf('send-chat', { text: 'Why?' })).toBe('not-in-room');
    expect(await bob.codeOf('resume', { resumeToken })).toBe('removed-by-host');
    expect(await bob.join('Bob')).toMatchObject({ role: 'guest' });
    expect(await ann.codeOf('remove-participant', { participantId: annId })).toBe('request-malformed');
    expect(await ann.codeOf('remove-participant', { participantId: bobId })).toBe('participant-unknown');
  });

  it('asks to mute and lowers hands', async () => {
    await bob.request('set-hand', { raised: true });
    expect(await ann.codeOf('ask-to-mute', { participantId: bobId, source: 'microphone' })).toBe('ok');
    expect(await bob.hears('mute-asked')).toEqual({ participantId: annId, source: 'microphone' });
    expect(await ann.codeOf('lower-hand', { participantId: bobId })).toBe('ok');
    expect(await bob.hears('hand-changed')).toEqual({ participantId: bobId, handRaisedAt: null });
    await bob.request('set-hand', { raised: true });
    bob.events.length = 0;
    expect(await ann.codeOf('lower-all-hands', {})).toBe('ok');
    expect(await bob.hears('hand-changed')).toEqual({ participantId: bobId, handRaisedAt: null });
  });

  it('ends the room for everybody, and the next one is a new room', async () => {
    await ann.request('send-chat', { text: 'Good-bye' });
    expect(await ann.codeOf('end-room', {})).toBe('ok');
    expect(await bob.hears('room-closed')).toMatchObject({ code: 'ended-by-host' });
    expect(ann.log).not.toContain('room-closed');
    expect(served.signaling.statistics()).toMatchObject({ rooms: 0, participants: 0 });
    expect(await bob.join('Bob')).toMatchObject({ role: 'host', chat: [] });
  });
});
