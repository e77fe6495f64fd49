import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeOffer, settle } from '../../test/fake-engine.ts';
import { Served } from '../../test/served.ts';

let served: Served;

beforeEach(async () => {
  served = await Served.start(3);
});

afterEach(async () => {
  await served.stop();
});

describe('a room over sockets', () => {
  it.each(['websocket', 'polling'])('is joined, published in, muted in and left by %s', async (transport) => {
    const [ann, bob] = await Promise.all([
      served.connect({ transports: [transport] }),
      served.connect({ transports: [transport] }),
    ]);
    const { participantId } = await ann.join('Ann');
    expect(await bob.join('Bob')).toMatchObject({ capacity: 3, participants: [{ participantId, name: 'Ann' }] });
    const track = { trackId: 'a1', source: 'camera', muted: false };
    const offered = await ann.request('negotiate', {
      offer: fakeOffer({ sends: { '0': 'video' } }),
      tracks: [{ ...track, mid: '0' }],
      fresh: true,
    });
    expect(offered).toMatchObject({ ok: true, value: { published: [{ trackId: 'a1', mid: '0', codec: 'VP8' }] } });
    expect(await ann.request('set-muted', { trackId: 'a1', muted: true })).toEqual({ ok: true, value: null });
    expect(await ann.request('leave', {})).toEqual({ ok: true, value: null });
    await bob.hears('role-changed');
    expect(bob.events).toEqual([
      ['track-published', { participantId, track: { ...track, kind: 'video' } }],
      ['track-muted', { participantId, trackId: 'a1', muted: true }],
      ['participant-left', { participantId, reason: 'left' }],
      ['host-token', { hostToken: expect.any(String) }],
      ['role-changed', expect.objectContaining({ role: 'host' })],
    ]);
    expect(ann.events.map(([name]) => name)).toEqual(['participant-joined']);
    expect(served.signaling.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
  });

  it('pauses what one does not want, and tells everybody who speaks', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    const { participantId } = await ann.join('Ann');
    await bob.join('Bob');
    const sends = { '0': 'audio' } as const;
    const tracks = [{ mid: '0', trackId: 'a1', source: 'microphone', muted: false }];
    for (const client of [ann, bob]) {
      await client.request('negotiate', {
        offer: fakeOffer({ sends: client === ann ? sends : {}, audio: 1 }),
        tracks: client === ann ? tracks : [],
        fresh: true,
      });
    }
    expect(await bob.request('set-received', { trackId: 'a1', received: false })).toEqual({ ok: true, value: null });
    expect(await ann.codeOf('set-received', { trackId: 'a1', received: false })).toBe('track-unknown');
    const [[, paused]] = Object.entries(served.engine.rooms).map(([, ids]) => ids);
    await expect.poll(() => served.engine.pausedFor('room', paused)).toEqual(['a1']);
    served.engine.tellSpeakers('room', ['a1']);
    for (const client of [ann, bob]) {
      expect(await client.hears('speakers-changed')).toEqual({ participantIds: [participantId] });
    }
  });

  it('is not sent to whom one sends nothing, and this one is told', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    const { participantId: annId } = await ann.join('Ann');
    const { participantId } = await bob.join('Bob');
    expect(await ann.request('set-sent', { participantId, sent: false })).toEqual({ ok: true, value: null });
    expect(await bob.hears('participant-withholds')).toEqual({ participantId: annId, withholds: true });
    expect(await ann.codeOf('set-sent', { participantId: annId, sent: false })).toBe('request-malformed');
    expect(await ann.codeOf('set-sent', { participantId: 'nobody', sent: false })).toBe('participant-unknown');
  });

  it('is told in one order: the answer to a join, then who comes after; nobody is missed', async () => {
    await served.stop();
    served = await Served.start(20);
    const clients = await Promise.all(Array.from({ length: 12 }, () => served.connect()));
    const snapshots = await Promise.all(clients.map((client, i) => client.join(`Guest ${i}`)));
    const ids = snapshots.map(({ participantId }) => participantId);
    for (const [i, client] of clients.entries()) {
      const before = snapshots[i].participants.map(({ participantId }) => participantId);
      await expect.poll(() => client.events.length).toBe(clients.length - 1 - before.length);
      expect(client.log[0]).toBe('answer');
      const after = client.events.map(
        ([, event]) =>
          (event as { readonly participant: { readonly participantId: string } }).participant.participantId,
      );
      expect([...before, ids[i], ...after].sort()).toEqual([...ids].sort());
    }
  });

  it('that is full refuses, and takes the next one when somebody has left', async () => {
    const [ann, bob, carl, dora] = await Promise.all(Array.from({ length: 4 }, () => served.connect()));
    for (const client of [ann, bob, carl]) await client.join('Guest');
    expect(await dora.codeOf('join', { room: 'room', name: 'Dora' })).toBe('room-full');
    expect(await dora.codeOf('join', { room: 'elsewhere', name: 'Dora' })).toBe('ok');
    await dora.request('leave', {});
    await bob.request('leave', {});
    expect(await dora.codeOf('join', { room: 'room', name: 'Dora' })).toBe('ok');
  });
});

describe('requests', () => {
  it.each([
    ['join', null],
    ['join', 'room'],
    ['join', []],
    ['join', {}],
    ['join', { room: 'a b', name: 'Ann' }],
    ['join', { room: 'room', name: ' ' }],
    ['join', { room: 'room', name: 'x'.repeat(65) }],
    ['join', { room: { toString: 'room' }, name: 'Ann' }],
    ['join', Buffer.from('room')],
    ['resume', {}],
    ['resume', { resumeToken: '' }],
    ['resume', { resumeToken: 'x'.repeat(129) }],
  ])('%s with %j is request-malformed, and changes nothing', async (name, request) => {
    const client = await served.connect();
    expect(await client.codeOf(name, request)).toBe('request-malformed');
    expect(served.signaling.statistics().participants).toBe(0);
    expect(await client.codeOf('join', { room: 'room', name: 'Ann' })).toBe('ok');
  });

  it.each([
    { offer: '', tracks: [], fresh: true },
    { offer: 'v=0', tracks: {}, fresh: true },
    { offer: 'v=0', tracks: [] },
    { offer: 'v=0', tracks: [{ mid: '0', trackId: 'a', source: 'desktop', muted: false }], fresh: true },
  ])('negotiate with %j is request-malformed, and the engine never sees it', async (request) => {
    const client = await served.connect();
    await client.join('Ann');
    expect(await client.codeOf('negotiate', request)).toBe('request-malformed');
    expect(served.engine.calls.filter((call) => call.startsWith('negotiate'))).toEqual([]);
  });

  it('that are malformed name the field', async () => {
    const client = await served.connect();
    const answer = await client.request('join', { room: 'a b', name: 'Ann' });
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining(' room: ') } });
  });

  it.each([
    ['negotiate', { offer: 'v=0', tracks: [], fresh: true }],
    ['set-muted', { trackId: 'a1', muted: true }],
    ['set-received', { trackId: 'a1', received: true }],
    ['set-sent', { participantId: 'x', sent: true }],
    ['leave', {}],
  ])('%s before a join, and after a leave, is refused as not-in-room', async (name, request) => {
    const client = await served.connect();
    expect(await client.codeOf(name, request)).toBe('not-in-room');
    expect(await client.codeOf(name, null), 'it is not read').toBe('not-in-room');
    await client.join('Ann');
    await client.request('leave', {});
    expect(await client.codeOf(name, request)).toBe('not-in-room');
    await expect.poll(() => served.engine.rooms).toEqual({});
  });

  it('join from a connection that is in a room is refused, and so is resuming somebody else', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    const [snapshot, { resumeToken }] = [await ann.join('Ann'), await bob.join('Bob')];
    expect(await ann.codeOf('join', { room: 'elsewhere', name: 'Ann' })).toBe('already-joined');
    expect(await ann.codeOf('join', null), 'it is not read').toBe('already-joined');
    expect(await ann.codeOf('resume', { resumeToken })).toBe('already-joined');
    expect(await ann.enter('resume', snapshot)).toMatchObject({ participantId: snapshot.participantId });
    expect(served.signaling.statistics()).toMatchObject({ rooms: 1, participants: 2, away: 0 });
    expect(bob.socket.connected).toBe(true);
  });

  it('two joins at once of one connection enter one room', async () => {
    const client = await served.connect();
    const codes = await Promise.all(['a', 'b'].map((room) => client.codeOf('join', { room, name: 'Ann' })));
    expect(codes).toEqual(['ok', 'already-joined']);
    expect(served.signaling.statistics().participants).toBe(1);
  });

  it('without a callback, and unknown ones, do nothing', async () => {
    const client = await served.connect();
    client.socket.emit('join', { room: 'room', name: 'Ann' });
    client.socket.emit('join');
    client.socket.emit('destroy', {}, () => {});
    client.socket.emit('constructor', {}, () => {});
    expect(await client.codeOf('leave', {})).toBe('not-in-room');
    expect(served.signaling.statistics().participants).toBe(0);
  });

  it.each(['sdp-no-bundle', 'room-lost', 'worker-busy'])(
    'that the engine refuses with %s are answered with code and message',
    async (code) => {
      const client = await served.connect();
      await client.join('Ann');
      served.engine.refuse('negotiate', code);
      const request = { offer: fakeOffer(), tracks: [], fresh: true };
      expect(await client.request('negotiate', request)).toEqual({
        ok: false,
        error: { code, message: `It says ${code}.` },
      });
      expect(await client.codeOf('negotiate', request)).toBe('ok');
      expect(served.logged).toEqual([]);
    },
  );

  it('that fail by a bug are answered as internal, and the log alone has the cause', async () => {
    const client = await served.connect();
    await client.join('Ann');
    await settle();
    served.engine.delay = () => Promise.reject(new TypeError('secret detail'));
    const answer = await client.request('negotiate', { offer: fakeOffer(), tracks: [], fresh: true });
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(served.logged.join('\n')).toContain('secret detail');
  });
});

describe('a lost socket', () => {
  it('without a leave is away, and back when another socket resumes it', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    const { participantId, resumeToken } = await bob.join('Bob');
    bob.socket.io.engine.close();
    expect(await ann.hears('participant-away')).toEqual({ participantId, away: true });
    const next = await served.connect();
    expect(await next.enter('resume', { resumeToken })).toMatchObject({
      participantId,
      resumeToken,
      participants: [{ name: 'Ann' }],
      hasMedia: false,
    });
    await expect.poll(() => ann.log.filter((name) => name === 'participant-away')).toHaveLength(2);
    expect(served.signaling.statistics()).toMatchObject({ rooms: 1, participants: 2, away: 0 });
  });

  it('that was not yet known to be lost is closed when another one resumes; the others notice nothing', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    const { resumeToken } = await bob.join('Bob');
    await ann.hears('participant-joined');
    const closed = bob.isDisconnected();
    const next = await served.connect();
    await next.enter('resume', { resumeToken });
    expect(await closed).toBe('io server disconnect');
    expect(await ann.codeOf('set-muted', { trackId: 'a', muted: true })).toBe('track-unknown');
    expect(ann.events.map(([name]) => name)).toEqual(['participant-joined']);
    await ann.request('leave', {});
    await next.hears('participant-left');
    expect(bob.events).toEqual([]);
    expect(served.signaling.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
  });

  it('whose media said good-bye is removed by the next look at the clock', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    const { participantId, resumeToken } = await bob.join('Bob');
    await bob.request('negotiate', { offer: fakeOffer(), tracks: [], fresh: true });
    served.engine.tellState('room', participantId, 'failed');
    bob.socket.disconnect();
    expect(await ann.hears('participant-left')).toEqual({ participantId, reason: 'lost' });
    const next = await served.connect();
    expect(await next.codeOf('resume', { resumeToken })).toBe('resume-expired');
  });

  it('that had left is not told as away', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    await bob.join('Bob');
    await bob.request('leave', {});
    bob.socket.disconnect();
    await ann.hears('participant-left');
    expect(await ann.codeOf('set-muted', { trackId: 'a', muted: true })).toBe('track-unknown');
    expect(ann.log).not.toContain('participant-away');
  });
});

describe('pages of other origins', () => {
  const connects = (headers: Readonly<Record<string, string>>, transport = 'websocket'): Promise<boolean> =>
    served.connect({ extraHeaders: headers, transports: [transport] }).then(
      () => true,
      () => false,
    );

  it.each(['websocket', 'polling'])('are refused by %s', async (transport) => {
    expect(await connects({ origin: 'https://evil.example' }, transport)).toBe(false);
    expect(await connects({ origin: `http://127.0.0.1:${served.port + 1}` }, transport)).toBe(false);
    expect(await connects({ origin: 'null' }, transport)).toBe(false);
  });

  it('whose name was made to lead here are refused, and leave a line for debugging', async () => {
    await served.stop();
    const lines: string[] = [];
    const log = { debug: (text: string) => void lines.push(text), info: () => {}, warn: () => {}, error: () => {} };
    served = await Served.start(3, { hosts: ['localhost'], log });
    expect(await connects({ host: 'evil.example', origin: 'http://evil.example' })).toBe(false);
    expect(await connects({ host: 'evil.example' })).toBe(false);
    expect(lines).toContain(
      'A socket was refused (origin refused): {"host":"evil.example","origin":"http://evil.example"}',
    );
    expect(await connects({})).toBe(true);
  });

  it('are not those of this server, also behind a trusted proxy, and clients that are no pages', async () => {
    expect(await connects({ origin: `http://127.0.0.1:${served.port}` })).toBe(true);
    expect(await connects({})).toBe(true);
    const behindProxy = { origin: 'https://meet.example', 'x-forwarded-host': 'meet.example' };
    expect(await connects(behindProxy)).toBe(false);
    await served.stop();
    served = await Served.start(3, { trustProxy: true });
    expect(await connects(behindProxy)).toBe(true);
  });
});

describe('stopping', () => {
  it('tells everybody, closes their sockets and the rooms, and takes nobody any more', async () => {
    const [ann, idle] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    const closed = Promise.all([ann.isDisconnected(), idle.isDisconnected()]);
    await served.signaling.stop();
    expect(await closed).toEqual(['io server disconnect', 'io server disconnect']);
    expect(ann.events).toEqual([['room-closed', expect.objectContaining({ code: 'server-stopping' })]]);
    expect(idle.events).toEqual([]);
    expect(served.engine.rooms).toEqual({});
    await expect(served.connect()).rejects.toThrow();
  });

  it('refuses who joins while the last rooms are closed', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    await ann.request('negotiate', { offer: fakeOffer(), tracks: [], fresh: true });
    const release = served.engine.hold('closeRoom');
    const stopped = served.signaling.stop();
    expect(await bob.codeOf('join', { room: 'room', name: 'Bob' })).toBe('server-stopping');
    release();
    await stopped;
  });
});
