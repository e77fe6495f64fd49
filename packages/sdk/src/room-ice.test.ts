import type { IceConfiguration } from '@rivero/api';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../test/fake-peer-connection.ts';
import { FakeServer, refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';
import { fetchIceServers } from './fetch-ice-servers.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const hour = 3_600_000;
const stunUrl = 'stun:192.0.2.7:3478';
const turnUrl = 'turn:192.0.2.7:3478?transport=udp';

/** As the server gives them: the n-th ones, for 12 hours. */
function ice(credential: string, lifetime = 43_200): IceConfiguration {
  return { iceServers: [{ urls: [stunUrl] }, { urls: [turnUrl], username: 'ann', credential }], lifetime };
}

const meeting = useMeeting();

beforeEach(() => {
  meeting.server.ice = ice('one');
});

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Of the connection in use. */
function credential(): string | undefined {
  return meeting.browser.peerConnection.configuration.iceServers?.at(-1)?.credential;
}

function policy(): string | undefined {
  return meeting.browser.peerConnection.configuration.iceTransportPolicy;
}

describe('the STUN and TURN servers', () => {
  it('are those that come with the entry, before the first offer, and cost nothing more', async () => {
    const room = await meeting.join();
    expect(credential()).toBe('one');
    expect(policy()).toBe('all');
    expect(room.hasRelay).toBe(true);
    expect(meeting.server.names).toEqual(['join', 'negotiate']);
    expect(meeting.browser.peerConnection.restartCount).toBe(0);
  });

  it('are asked for anew before the credentials end, and paths are looked for with them', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    meeting.browser.peerConnection.become('connected');
    server.ice = ice('two');
    await pass(9 * hour - 1);
    expect(server.requests('ice-servers')).toHaveLength(0);
    await pass(1);
    expect(credential()).toBe('two');
    expect(browser.peerConnection.restartCount).toBe(1);
    expect(server.offers()).toHaveLength(2);
    server.ice = ice('three');
    await pass(9 * hour);
    expect(credential()).toBe('three');
    expect(browser.peerConnection.restartCount).toBe(2);
  });

  it('that are refused are asked for again in a minute', async () => {
    const { server } = meeting;
    await meeting.join();
    meeting.browser.peerConnection.become('connected');
    server.ice = ice('two');
    server.answerOnce('ice-servers', refuse('rate-limited'));
    await pass(9 * hour + 59_999);
    expect(credential()).toBe('one');
    await pass(1);
    expect(credential()).toBe('two');
  });

  it.each([
    [0, 10_000],
    [60, 45_000],
    [7 * 86_400, 24 * hour],
  ])('whose credentials live for %i s are asked for again after %i ms', async (lifetime, afterMs) => {
    const { server } = meeting;
    server.ice = ice('one', lifetime);
    await meeting.join();
    meeting.browser.peerConnection.become('connected');
    await pass(afterMs - 1);
    expect(server.requests('ice-servers')).toHaveLength(0);
    await pass(1);
    expect(server.requests('ice-servers')).toHaveLength(1);
  });

  it('without credentials are never asked for again, and nor is it after leaving', async () => {
    const { server } = meeting;
    server.ice = { iceServers: [{ urls: [stunUrl] }], lifetime: 43_200 };
    const room = await meeting.join();
    meeting.browser.peerConnection.become('connected');
    expect(room.hasRelay).toBe(false);
    await pass(48 * hour);
    expect(server.requests('ice-servers')).toHaveLength(0);
    await room.leave();
    server.ice = ice('one');
    const second = await meeting.join();
    await second.leave();
    await pass(48 * hour);
    expect(server.requests('ice-servers')).toHaveLength(0);
  });

  it('that come when we resume are taken, without a restart; those in use are renewed when their own time comes', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    meeting.browser.peerConnection.become('connected');
    await pass(8 * hour);
    server.ice = ice('two');
    server.socket.drop();
    await pass(300);
    expect(credential()).toBe('two');
    expect(browser.peerConnection.restartCount).toBe(0);
    expect(server.offers()).toHaveLength(1);
    server.ice = ice('three');
    await pass(hour);
    expect(credential()).toBe('three');
    expect(browser.peerConnection.restartCount).toBe(1);
  });

  it('are those of the new entry when we have to join anew; the old connection is not told', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    const before = browser.peerConnection;
    Object.assign(server, { ice: ice('two'), relayOnly: true });
    server.answerOnce('resume', refuse('resume-expired'));
    server.socket.drop();
    await pass(300);
    expect(browser.peerConnection).not.toBe(before);
    expect([credential(), policy()]).toEqual(['two', 'relay']);
    expect([before.restartCount, before.configuration.iceTransportPolicy]).toEqual([0, 'all']);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true]);
  });

  it('are fresh before a path is looked for by old ones, also where the timer slept', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    browser.peerConnection.become('connected');
    vi.setSystemTime(Date.now() + 10 * hour);
    server.ice = ice('two');
    browser.peerConnection.become('failed');
    await pass(0);
    expect(credential()).toBe('two');
    expect(browser.peerConnection.restartCount).toBe(1);
    browser.peerConnection.become('connected');
    browser.peerConnection.become('failed');
    await pass(0);
    expect(browser.peerConnection.restartCount).toBe(2);
    expect(server.requests('ice-servers')).toHaveLength(1);
  });

  it('that cannot be had do not keep a path from being looked for', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    browser.peerConnection.become('connected');
    vi.setSystemTime(Date.now() + 10 * hour);
    server.answerOnce('ice-servers', refuse('rate-limited'));
    browser.peerConnection.become('failed');
    await pass(0);
    expect([credential(), browser.peerConnection.restartCount]).toEqual(['one', 1]);
  });

  it('are fresh before a new connection is made with old ones', async () => {
    const { server, browser } = meeting;
    await meeting.join();
    vi.setSystemTime(Date.now() + 10 * hour);
    server.ice = ice('two');
    const before = browser.peerConnection;
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await pass(0);
    expect(browser.peerConnection).not.toBe(before);
    expect([credential(), browser.peerConnection.restartCount]).toEqual(['two', 0]);
    expect(server.offers()).toHaveLength(2);
  });

  it('that the browser refuses do not take the others with them', async () => {
    FakePeerConnection.refusedUrls = [stunUrl];
    const room = await meeting.join({ iceTransportPolicy: 'relay' });
    expect(meeting.browser.peerConnection.configuration.iceServers).toEqual([
      { urls: [turnUrl], username: 'ann', credential: 'one' },
    ]);
    expect(policy()).toBe('relay');
    expect(room.state).toBe('connected');
  });

  it('are used by each of their addresses that the browser does not refuse', async () => {
    const secureUrl = 'turns:192.0.2.7:993?transport=tcp';
    const credentials = { username: 'ann', credential: 'one' };
    meeting.server.ice = { iceServers: [{ urls: [turnUrl, secureUrl], ...credentials }], lifetime: 43_200 };
    FakePeerConnection.refusedUrls = [secureUrl];
    await meeting.join();
    expect(meeting.browser.peerConnection.configuration.iceServers).toEqual([{ urls: [turnUrl], ...credentials }]);
  });

  it('are given to pages without a room', async () => {
    expect(await fetchIceServers()).toEqual(ice('one'));
    expect(meeting.server.names).toEqual(['ice-servers']);
    expect(FakeServer.sockets.map(({ connected, url }) => [connected, url])).toEqual([
      [false, 'http://localhost:8080'],
    ]);
  });
});

describe('media through relays only', () => {
  it('is what one may join with, whatever the room says', async () => {
    const { server } = meeting;
    const room = await meeting.join({ iceTransportPolicy: 'relay' });
    expect([room.relayOnly, room.iceTransportPolicy, policy()]).toEqual([false, 'relay', 'relay']);
    server.tell('room-relay-changed', { relayOnly: true });
    server.tell('room-relay-changed', { relayOnly: false });
    await pass(0);
    expect([room.relayOnly, policy()]).toEqual([false, 'relay']);
    expect(meeting.browser.peerConnection.restartCount).toBe(0);
  });

  it('is what a room may want from the beginning', async () => {
    meeting.server.relayOnly = true;
    const room = await meeting.join();
    expect([room.relayOnly, room.iceTransportPolicy, policy()]).toEqual([true, 'relay', 'relay']);
    expect(meeting.server.offers()).toHaveLength(1);
    expect(meeting.browser.peerConnection.restartCount).toBe(0);
  });

  it('is set by hosts, and another path is looked for at once', async () => {
    const { server, browser } = meeting;
    const room = await meeting.join({ camera: true });
    const before = browser.peerConnection;
    before.become('connected');
    await room.moderation.setRelayOnly(true);
    expect(server.requests('set-relay-only')).toEqual([{ relayOnly: true }]);
    expect(room.relayOnly).toBe(false);
    meeting.takeEvents();
    server.tell('room-relay-changed', { relayOnly: true });
    await pass(0);
    expect(meeting.takeEvents()).toEqual(['relay only', 'media connecting']);
    expect([room.relayOnly, policy()]).toEqual([true, 'relay']);
    // Chromium would go on with the path that it has.
    expect(before.signalingState).toBe('closed');
    expect(browser.peerConnection).not.toBe(before);
    expect(server.offers().map(({ fresh, tracks }) => [fresh, tracks.length])).toEqual([
      [true, 1],
      [true, 1],
    ]);
    browser.peerConnection.become('connected');
    meeting.takeEvents();
    server.tell('room-relay-changed', { relayOnly: false });
    await pass(0);
    expect(meeting.takeEvents()).toEqual(['any path']);
    expect([policy(), browser.peerConnection.restartCount]).toEqual(['all', 1]);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true, false]);
    server.answerOnce('set-relay-only', refuse('relay-unavailable'));
    await expect(room.moderation.setRelayOnly(true)).rejects.toMatchObject({ code: 'relay-unavailable' });
  });

  it('is looked for also when it is set while the first offer is under way', async () => {
    const { server } = meeting;
    server.answerOnce('negotiate', () => {
      server.tell('room-relay-changed', { relayOnly: true });
      return { ok: true, value: server.answer() };
    });
    const room = await meeting.join();
    await pass(0);
    expect([room.state, policy()]).toEqual(['connected', 'relay']);
    expect(FakePeerConnection.made.map(({ signalingState }) => signalingState)).toEqual(['closed', 'stable']);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true]);
  });

  it('is heard of when we resume', async () => {
    const { server, browser } = meeting;
    const room = await meeting.join();
    server.relayOnly = true;
    server.socket.drop();
    await pass(300);
    expect([room.relayOnly, policy()]).toEqual([true, 'relay']);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true]);
    server.relayOnly = false;
    server.socket.drop();
    await pass(300);
    expect([room.relayOnly, policy(), browser.peerConnection.restartCount]).toEqual([false, 'all', 1]);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true, false]);
  });
});

describe('a relay that cannot be reached', () => {
  it('is told with what its servers failed with, each error once', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ iceTransportPolicy: 'relay' });
    const errors: string[] = [];
    room.on('error', ({ code, context }) => void errors.push(`${code} ${String(context['codes'])}`));
    browser.peerConnection.failServer(401, turnUrl, 'Unauthorized.');
    browser.peerConnection.failServer(401, turnUrl, 'Unauthorized.');
    browser.peerConnection.failServer(701, stunUrl);
    expect(meeting.takeEvents()).toEqual(['ice errors 401', 'ice errors 401,701']);
    await pass(10_000);
    expect(room.mediaState).toBe('blocked');
    expect(errors).toEqual(['relay-unreachable 401, 701']);
    expect(room.iceErrors[0]).toEqual({ code: 401, text: 'Unauthorized.', url: turnUrl });
    await pass(60_000);
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['none', [], 'Media may go through a relay only, and this server has none.'],
    [
      'a silent one',
      ice('one').iceServers,
      'Media may go through a relay only, and none was reached (ICE errors: none, no answer).',
    ],
  ])('is told also where there is %s', async (_what, iceServers, message) => {
    meeting.server.ice = { iceServers, lifetime: 43_200 };
    const room = await meeting.join({ iceTransportPolicy: 'relay' });
    const errors: string[] = [];
    room.on('error', (error) => void errors.push(error.message));
    await pass(10_000);
    expect(errors).toEqual([message]);
  });

  it('is told as soon as the browser has tried everything', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ iceTransportPolicy: 'relay' });
    browser.peerConnection.failServer(401, turnUrl);
    browser.peerConnection.endGathering(0);
    expect(room.mediaState).toBe('blocked');
    expect(meeting.takeEvents()).toEqual(['ice errors 401', 'media blocked', 'error relay-unreachable']);
    browser.peerConnection.become('connected');
    expect(room.mediaState).toBe('connected');
  });

  it.each([
    ['relay', 1],
    ['all', 0],
  ] as const)(
    'is not told where there is another way: %s with %i candidates',
    async (iceTransportPolicy, candidates) => {
      const room = await meeting.join({ iceTransportPolicy });
      meeting.browser.peerConnection.endGathering(candidates);
      expect(room.mediaState).toBe('connecting');
    },
  );

  it('is no matter where every path will do', async () => {
    const room = await meeting.join();
    meeting.browser.peerConnection.failServer(701, turnUrl);
    expect(room.iceErrors).toHaveLength(1);
    await pass(10_000);
    expect(meeting.takeEvents()).toEqual(['ice errors 701', 'media blocked', 'error media-blocked']);
  });

  it('is remembered with 32 errors at most, until the way to look for it changes', async () => {
    const room = await meeting.join();
    for (let i = 0; i < 40; i++) meeting.browser.peerConnection.failServer(701, `turn:192.0.2.${i}`);
    expect(room.iceErrors).toHaveLength(32);
    meeting.server.tell('room-relay-changed', { relayOnly: true });
    expect(room.iceErrors).toEqual([]);
    await pass(0);
  });
});
