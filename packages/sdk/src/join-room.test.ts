import type { Reply } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../test/fake-peer-connection.ts';
import { FakeServer, refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();

/** Nothing that a failed attempt opened is left. */
function expectAllReleased(): void {
  const { browser, server } = meeting;
  expect(browser.liveCount).toBe(0);
  expect(FakePeerConnection.made.every(({ signalingState }) => signalingState === 'closed')).toBe(true);
  expect(server.socket.connected).toBe(false);
  expect(server.socket.isTrying).toBe(false);
  expect(server.socket.listenerCount).toBe(0);
}

/** Turns time until it is settled. */
async function failing(joining: Promise<unknown>): Promise<unknown> {
  const failed = joining.then(
    () => undefined,
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(35_000);
  return await failed;
}

describe('joinRoom', () => {
  it('joins, and offers camera and microphone and the sections that the room needs', async () => {
    const { browser, server } = meeting;
    server.sectionsNeeded = { offer: true, audio: 2, video: 1 };
    const room = await meeting.join({ camera: true, microphone: true });
    expect(room.state).toBe('connected');
    expect(room.participantId).toBe('me-1');
    expect(server.received[0]).toEqual({ name: 'join', request: { room: 'room', name: 'Ann' } });
    const { peerConnection } = browser;
    expect(peerConnection.configuration).toMatchObject({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
    expect(peerConnection.sections('sendonly', 'audio')).toHaveLength(1);
    expect(peerConnection.sections('sendonly', 'video')).toHaveLength(1);
    expect(peerConnection.sections('recvonly', 'audio')).toHaveLength(2);
    expect(peerConnection.sections('recvonly', 'video')).toHaveLength(1);
    const [offer] = server.offers();
    expect(offer).toMatchObject({ fresh: true, tracks: [{ source: 'microphone' }, { source: 'camera' }] });
    expect(server.offers()).toHaveLength(1);
  });

  it('asks the person once for both devices', async () => {
    await meeting.join({ camera: true, microphone: { deviceId: 'a' } });
    expect(meeting.browser.asked).toEqual(['camera+microphone']);
    expect(meeting.browser.opened[1]?.constraints).toEqual({ deviceId: 'a' });
  });

  it('opens no device that was not asked for', async () => {
    const room = await meeting.join();
    expect(meeting.browser.asked).toEqual([]);
    expect(room.localTracks).toEqual([]);
    expect(meeting.server.offers()).toHaveLength(1);
  });

  it('takes the address of the page, or the one it is given', async () => {
    await meeting.join();
    expect(meeting.server.socket.url).toBe('http://localhost:8080');
    await meeting.join({ url: 'https://other.example' });
    expect(meeting.server.socket.url).toBe('https://other.example');
  });

  it('connects again when the server did not wait for the answer to the browser', async () => {
    const { browser, server } = meeting;
    let allow = (): void => {};
    browser.permission = new Promise((resolve) => (allow = resolve));
    const joining = meeting.join({ camera: true });
    await vi.advanceTimersByTimeAsync(30_000);
    server.socket.drop('io server disconnect');
    allow();
    expect((await joining).state).toBe('connected');
    expect(server.names).toEqual(['join', 'negotiate']);
  });

  it('fails with server-unreachable, and releases the devices', async () => {
    meeting.server.isReachable = false;
    const error = await failing(meeting.join({ camera: true, microphone: true }));
    expect(error).toMatchObject({ name: 'CodedError', code: 'server-unreachable' });
    expect(String(error)).toContain('check the network');
    expect(meeting.browser.opened).toHaveLength(2);
    expectAllReleased();
  });

  it.each(['room-full', 'request-malformed', 'server-full'])(
    'fails with the code %s of the server, and releases everything',
    async (code) => {
      meeting.server.answerOnce('join', refuse(code));
      expect(await failing(meeting.join({ camera: true, microphone: true }))).toMatchObject({ code });
      expectAllReleased();
    },
  );

  it.each(['join', 'negotiate'] as const)('waits for the answer to %s as long as a busy server takes', async (name) => {
    const { server } = meeting;
    const { promise, resolve } = Promise.withResolvers<Reply<unknown>>();
    server.answerOnce(name, promise);
    const joining = meeting.join({ camera: true });
    await vi.advanceTimersByTimeAsync(29_999);
    resolve({ ok: true, value: name === 'join' ? server.snapshot() : server.answer() });
    expect((await joining).state).toBe('connected');
    expect(server.requests(name)).toHaveLength(1);
  });

  it.each(['join', 'negotiate'] as const)('fails with server-silent when %s is not answered for 30 s', async (name) => {
    meeting.server.answerOnce(name, new Promise(() => {}));
    expect(await failing(meeting.join({ camera: true }))).toMatchObject({ code: 'server-silent' });
    expectAllReleased();
  });

  it('fails with server-silent at once when the connection breaks on the way in', async () => {
    meeting.server.answerOnce('negotiate', () => {
      queueMicrotask(() => meeting.server.socket.drop());
      return new Promise(() => {});
    });
    expect(await failing(meeting.join({ camera: true }))).toMatchObject({ code: 'server-silent' });
    expectAllReleased();
  });

  it.each([
    [{ camera: 'NotFoundError' }, ['camera'], ['microphone']],
    [{ microphone: 'NotFoundError' }, ['microphone'], ['camera']],
    [{ camera: 'NotFoundError', microphone: 'NotFoundError' }, ['microphone', 'camera'], []],
  ])('joins with what there is for %j, and says what is missing', async (refusals, missing, sources) => {
    Object.assign(meeting.browser.refusals, refusals);
    const room = await meeting.join({ camera: true, microphone: true });
    expect(room.missing).toEqual(missing);
    expect(room.localTracks.map(({ source }) => source)).toEqual(sources);
    expect(meeting.server.offers()[0]?.tracks.map(({ source }) => source)).toEqual(sources);
  });

  it('misses no device that was not asked for, nor one that was plugged in since', async () => {
    meeting.browser.refusals.camera = 'NotFoundError';
    expect((await meeting.join({ microphone: true })).missing).toEqual([]);
    const room = await meeting.join({ camera: true, microphone: true });
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'device-missing' });
    expect(room.missing).toEqual(['camera']);
    delete meeting.browser.refusals.camera;
    await room.publishCamera();
    expect(room.missing).toEqual([]);
  });

  it('releases the microphone when the camera fails for another reason', async () => {
    meeting.browser.refusals.camera = 'NotReadableError';
    expect(await failing(meeting.join({ camera: true, microphone: true }))).toMatchObject({ code: 'device-busy' });
    expect(meeting.browser.opened).toHaveLength(1);
    expectAllReleased();
  });

  it('says which device is refused, and releases the other one', async () => {
    meeting.browser.refusals.camera = 'NotAllowedError';
    const error = await failing(meeting.join({ camera: true, microphone: true }));
    expect(error).toMatchObject({ code: 'permission-denied', context: { kind: 'camera' } });
    expect(meeting.browser.asked).toEqual(['camera+microphone', 'microphone', 'camera']);
    expect(meeting.server.received).toEqual([]);
    expectAllReleased();
  });

  it('gives a code to what the browser throws', async () => {
    meeting.server.answerOnce('negotiate', { ok: true, value: { ...meeting.server.answer(), answer: '' } });
    const error = await failing(meeting.join({ camera: true }));
    expect(error).toMatchObject({ name: 'CodedError', code: 'browser-failed', message: 'no session description' });
    expectAllReleased();
  });

  it.each([
    ['join', 'that is not answered'],
    ['negotiate', 'that is not answered'],
    ['negotiate', 'whose answer is being applied'],
  ] as const)('fails with the reason of the server that ends our stay during a %s %s', async (name, how) => {
    const { server } = meeting;
    const end = (): void => server.tell('room-closed', { code: 'removed-by-host', message: 'You were removed.' });
    server.answerOnce(name, () => {
      if (how === 'that is not answered') {
        queueMicrotask(end);
        return new Promise(() => {});
      }
      server.behindAnswer = end;
      return { ok: true, value: server.answer() };
    });
    const error = await failing(meeting.join({ camera: true }));
    expect(error).toMatchObject({ name: 'CodedError', code: 'removed-by-host', message: 'You were removed.' });
    expect(server.requests(name)).toHaveLength(1);
    expectAllReleased();
  });

  it('leaves the room that it has entered when the first offer is refused', async () => {
    meeting.server.answerOnce('negotiate', refuse('sdp-no-ice'));
    expect(await failing(meeting.join())).toMatchObject({ code: 'sdp-no-ice' });
    expect(meeting.server.names).toEqual(['join', 'negotiate', 'leave']);
    expect(FakeServer.sockets).toHaveLength(1);
    expectAllReleased();
  });
});
