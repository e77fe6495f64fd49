import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { personNamed, useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const ben = personNamed('Ben');

const meeting = useMeeting();

beforeEach(() => {
  meeting.server.participants = [ben];
});

describe('our role', () => {
  it('is known when we enter, with the token that makes hosts', async () => {
    Object.assign(meeting.server, { role: 'host', hostToken: 'secret' });
    const room = await meeting.join();
    expect([room.role, room.hostToken, room.isLocked]).toEqual(['host', 'secret', false]);
    expect(meeting.server.requests('join')).toEqual([{ room: 'room', name: 'Ann' }]);
  });

  it('becomes host when the last one is gone, and the token with it', async () => {
    const room = await meeting.join();
    expect([room.role, room.hostToken]).toEqual(['guest', null]);
    meeting.server.tell('role-changed', { participantId: 'me-1', role: 'host' });
    meeting.server.tell('host-token', { hostToken: 'secret' });
    expect([room.role, room.hostToken]).toEqual(['host', 'secret']);
    meeting.server.tell('role-changed', { participantId: 'b', role: 'host' });
    expect(room.participants[0]?.role).toBe('host');
    expect(meeting.takeEvents()).toEqual(['role host', 'token secret', 'changed Ben']);
  });

  it('is asked for with the token that we were given', async () => {
    await meeting.join({ hostToken: 'from a link' });
    expect(meeting.server.requests('join')).toEqual([{ room: 'room', name: 'Ann', hostToken: 'from a link' }]);
  });

  it('is asked for again when we must join anew, with the last token that we knew', async () => {
    const { server } = meeting;
    Object.assign(server, { role: 'host', hostToken: 'first' });
    const room = await meeting.join({ hostToken: 'from a link' });
    server.tell('host-token', { hostToken: 'second' });
    for (const [role, hostToken] of [
      ['guest', null],
      ['host', 'third'],
    ] as const) {
      server.answerOnce('resume', refuse('resume-expired'));
      Object.assign(server, { role, hostToken });
      server.socket.drop();
      await meeting.reconnects();
      expect([room.role, room.hostToken]).toEqual([role, hostToken]);
    }
    const tokens = server.requests('join').map((request) => (request as { readonly hostToken?: string }).hostToken);
    expect(tokens).toEqual(['from a link', 'second', 'second']);
    expect(meeting.takeEvents().filter((event) => /^(role|token)/.test(event))).toEqual([
      'token second',
      'role guest',
      'token ',
      'role host',
      'token third',
    ]);
  });
});

describe('the lock', () => {
  it('follows the server, also over a lost socket', async () => {
    const { server } = meeting;
    server.locked = true;
    const room = await meeting.join();
    expect(room.isLocked).toBe(true);
    server.tell('room-lock-changed', { locked: false });
    expect(room.isLocked).toBe(false);
    server.socket.drop();
    await meeting.reconnects();
    expect(room.isLocked).toBe(true);
    expect(meeting.takeEvents()).toEqual([
      'unlocked',
      'state reconnecting',
      'changed Ben',
      'locked',
      'state connected',
    ]);
  });

  it('refuses who joins', async () => {
    meeting.server.answerOnce('join', refuse('room-locked'));
    await expect(meeting.join({ camera: true })).rejects.toMatchObject({ code: 'room-locked' });
    expect(meeting.browser.liveCount).toBe(0);
  });
});

describe('a host', () => {
  it('asks the server for each act', async () => {
    const { server } = meeting;
    const { moderation } = await meeting.join();
    await moderation.lock();
    await moderation.unlock();
    await moderation.remove('b');
    await moderation.askToMute('b', 'camera');
    await moderation.lowerHand('b');
    await moderation.lowerAllHands();
    expect(server.received.slice(2)).toEqual([
      { name: 'lock-room', request: { locked: true } },
      { name: 'lock-room', request: { locked: false } },
      { name: 'remove-participant', request: { participantId: 'b' } },
      { name: 'ask-to-mute', request: { participantId: 'b', source: 'camera' } },
      { name: 'lower-hand', request: { participantId: 'b' } },
      { name: 'lower-all-hands', request: {} },
    ]);
  });

  it('that is none is told so', async () => {
    const { moderation } = await meeting.join();
    meeting.server.answerOnce('lock-room', refuse('not-host'));
    await expect(moderation.lock()).rejects.toMatchObject({ code: 'not-host' });
    meeting.server.answerOnce('end-room', refuse('not-host'));
    await expect(moderation.end()).rejects.toMatchObject({ code: 'not-host' });
    expect(meeting.server.socket.connected).toBe(true);
  });

  it('that ends the room has left it, and released everything', async () => {
    const room = await meeting.join({ camera: true });
    await room.moderation.end();
    expect(room.state).toBe('left');
    expect(meeting.browser.liveCount).toBe(0);
    expect(meeting.server.socket.connected).toBe(false);
    expect(meeting.takeEvents()).toEqual(['state left']);
  });

  it('asks us to mute, and nothing is muted by itself', async () => {
    const { server } = meeting;
    const room = await meeting.join({ microphone: true });
    server.tell('mute-asked', { participantId: 'b', source: 'microphone' });
    server.tell('mute-asked', { participantId: 'gone', source: 'camera' });
    expect(meeting.takeEvents()).toEqual(['mute microphone asks Ben', 'mute camera asks ']);
    expect(room.localTracks[0]?.muted).toBe(false);
  });

  it.each(['removed-by-host', 'ended-by-host'])('that ends our stay is believed: %s', async (code) => {
    const room = await meeting.join({ camera: true });
    meeting.server.tell('room-closed', { code, message: '' });
    await meeting.reconnects();
    expect(room.state).toBe('left');
    expect(meeting.takeEvents()).toEqual([`removed ${code}`, 'state left']);
    expect(meeting.browser.liveCount).toBe(0);
    expect(meeting.server.names).toEqual(['join', 'negotiate']);
  });

  it.each(['removed-by-host', 'ended-by-host', 'room-locked'])(
    'that ended our stay while we were away is believed at once: %s',
    async (code) => {
      const { server } = meeting;
      await meeting.join();
      if (code === 'room-locked') server.answerOnce('resume', refuse('resume-expired'));
      server.answerOnce(code === 'room-locked' ? 'join' : 'resume', refuse(code));
      server.socket.drop();
      await meeting.reconnects();
      expect(meeting.takeEvents()).toEqual(['state reconnecting', `removed ${code}`, 'state left']);
      expect(server.socket.connected).toBe(false);
    },
  );
});
