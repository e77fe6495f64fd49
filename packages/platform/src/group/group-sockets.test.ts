import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { fakeSdp } from '../../test/fake-endpoints.ts';
import { fakeOffer } from '../../test/fake-engine.ts';
import { Served } from '../../test/served.ts';
import { TextClient } from '../../test/text-client.ts';
import { pingIntervalMs } from '../text-sockets/text-sockets.ts';
import { groupFrameRate } from './group-limits.ts';
import { groupPath } from './group-protocol.ts';

let served: Served;
const clients: TextClient[] = [];

async function connect(options: { readonly autoPong?: boolean; readonly origin?: string } = {}): Promise<TextClient> {
  const client = new TextClient(`ws://127.0.0.1:${served.port}${groupPath}`, options);
  clients.push(client);
  return await client.opened();
}

async function join(name: string, options?: { readonly autoPong?: boolean }): Promise<TextClient> {
  const client = await connect(options);
  client.says({ id: 'join', room: 'room', user: { name } });
  await client.hears('participants');
  return client;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  served = await Served.start(3);
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await served.stop();
  vi.useRealTimers();
});

describe('sockets of the group protocol', () => {
  it('bring clients of it and of the web app into one room, each with the tracks of the other', async () => {
    const ann = await join('Ann');
    const web = await served.connect();
    const { participantId, participants } = await web.join('Web');
    expect(participants).toMatchObject([{ name: 'Ann', role: 'guest' }]);
    expect(await ann.hears('joined')).toEqual({ id: 'joined', user: { name: 'Web', session: participantId } });
    ann.says({ id: 'offer', sdpOffer: fakeSdp({ audio: 'sendonly', video: 'sendonly' }) });
    ann.says({ id: 'requestStream' });
    expect(await ann.hears('answer')).toMatchObject({ user: { name: 'Ann' }, sdpAnswer: expect.any(String) });
    expect(await ann.hears('offer')).toMatchObject({ user: { session: participantId } });
    expect(await web.hears('track-published')).toMatchObject({ track: { kind: 'video', source: 'camera' } });
    const offer = fakeOffer({ sends: { w1: 'video' }, audio: 1, video: 1 });
    const tracks = [{ mid: 'w1', trackId: 'w1', source: 'camera', muted: false }];
    const reply = await web.request('negotiate', { offer, tracks, fresh: true });
    expect(reply).toMatchObject({ ok: true, value: { subscribed: [{ mid: 'audio0' }, { mid: 'video0' }] } });
    ann.socket.close();
    await web.hears('participant-left');
    expect(served.signaling.statistics()).toMatchObject({ participants: 1 });
  });

  it('stay open when the room is full', async () => {
    await Promise.all(['Ann', 'Bob', 'Eve'].map((name) => join(name)));
    const dan = await connect();
    dan.says({ id: 'join', room: 'room', user: { name: 'Dan' } });
    expect(await dan.hears('error')).toEqual({ id: 'error', code: 'room-full', message: expect.any(String) });
    dan.says({ id: 'join', room: 'other', user: { name: 'Dan' } });
    await dan.hears('participants');
  });

  it('that answer no ping are cut, and the others told', async () => {
    const ann = await join('Ann');
    await join('Bob', { autoPong: false });
    const pinged = once(ann.socket, 'ping');
    vi.advanceTimersByTime(pingIntervalMs);
    await pinged;
    // What is said after the pong is answered after it came.
    ann.says('?');
    await ann.hears('error');
    vi.advanceTimersByTime(pingIntervalMs);
    expect(await ann.hears('left')).toMatchObject({ user: { name: 'Bob' } });
    expect(ann.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('are not closed for a mouse that moves 125 times a second, which others are told of at times', async () => {
    const [ann, bob] = [await join('Ann'), await join('Bob')];
    for (let i = 0; i < groupFrameRate.burstMax / 2; i++) ann.says({ id: 'mouseMove', position: { x: i, y: 0 } });
    ann.says({ id: 'requestStream', sessions: ['nobody'] });
    expect(await ann.hears('error')).toMatchObject({ code: 'participant-unknown' });
    served.skippedMs = 1_000;
    vi.advanceTimersByTime(1_000);
    ann.says({ id: 'leave' });
    await bob.hears('left');
    expect(bob.heard.at(-2)).toMatchObject({ id: 'mouse-move', position: { x: groupFrameRate.burstMax / 2 - 1 } });
    expect(bob.heard.length).toBeLessThan(100);
  });

  it('are closed for going on with what is refused, and the others told', async () => {
    const [ann, bob] = [await join('Ann'), await join('Bob')];
    for (let i = 0; i < 60; i++) ann.says('nonsense');
    ann.socket.send(new Uint8Array([1]));
    const [code] = await once(ann.socket, 'close');
    expect(code).toBe(1008);
    expect(await bob.hears('left')).toMatchObject({ user: { name: 'Ann' } });
  });

  it('are told that the server stops, and closed', async () => {
    const ann = await join('Ann');
    const closed = once(ann.socket, 'close');
    await served.stop();
    expect(await ann.hears('error')).toMatchObject({ code: 'server-stopping' });
    expect((await closed)[0]).toBe(1001);
  });
});
