import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PollingServer } from '../test/polling-server.ts';
import { SignalingClient } from './signaling-client.ts';

let server: PollingServer;
let client: SignalingClient;

beforeEach(async () => {
  server = new PollingServer();
  client = new SignalingClient(await server.start());
});

afterEach(async () => {
  client.close();
  await server.stop();
});

describe('SignalingClient', () => {
  it('falls back to polling where no WebSocket gets through', async () => {
    await client.connect();
    expect(client.socket.connected).toBe(true);
    expect(server.upgradeCount).toBe(1);
  });

  it('connects at once when it is asked to, and keeps a connection that it has', async () => {
    await client.connect();
    const { socket } = client;
    const { id } = socket;
    client.reconnectNow();
    expect(socket.id).toBe(id);
    socket.io.engine.close();
    expect([socket.connected, socket.io._readyState]).toEqual([false, 'closed']);
    client.reconnectNow();
    expect([socket.active, socket.io._readyState]).toEqual([true, 'opening']);
  });

  it('gives the answer to a request, and a refusal as a coded error', async () => {
    await client.connect();
    const requests: unknown[] = [];
    server.answer = (name, request) => {
      requests.push([name, request]);
      return name === 'leave'
        ? { ok: true, value: null }
        : { ok: false, error: { code: 'room-full', message: 'The room is full: it holds 8.' } };
    };
    await expect(client.request('join', { room: 'a', name: 'Ann' })).rejects.toMatchObject({
      name: 'CodedError',
      code: 'room-full',
      message: 'The room is full: it holds 8.',
    });
    expect(await client.request('leave', {})).toBe(null);
    expect(requests).toEqual([
      ['join', { room: 'a', name: 'Ann' }],
      ['leave', {}],
    ]);
  });

  it('hears what the server tells', async () => {
    await client.connect();
    const heard = new Promise((resolve) => client.socket.on('participant-left', resolve));
    server.tell('participant-left', { participantId: 'b', reason: 'left' });
    expect(await heard).toEqual({ participantId: 'b', reason: 'left' });
  });

  it('gives an answer before the events that came with it in one response, and the promise after them', async () => {
    await client.connect();
    const order: unknown[] = [];
    client.socket.on('participant-left', () => order.push('event'));
    server.behindAnswer.push(['participant-left', { participantId: 'b', reason: 'left' }]);
    await client.request('leave', {}, (value) => order.push(value));
    order.push('promise');
    expect(order).toEqual([null, 'event', 'promise']);
  });

  it('says server-unreachable at once when nobody listens', async () => {
    await server.stop();
    await expect(client.connect()).rejects.toMatchObject({ code: 'server-unreachable' });
  });

  it('says server-silent when the connection ends before the answer', async () => {
    await client.connect();
    server.answer = () => undefined;
    const asking = expect(client.request('leave', {})).rejects.toMatchObject({ code: 'server-silent' });
    client.socket.io.engine.close();
    await asking;
  });

  it('says server-silent at once, and keeps nothing for later, while there is no connection', async () => {
    const names: string[] = [];
    server.answer = (name) => {
      names.push(name);
      return { ok: true, value: null };
    };
    await expect(client.request('leave', {})).rejects.toMatchObject({ code: 'server-silent' });
    await client.connect();
    await client.request('set-muted', { trackId: 'a', muted: true });
    expect(names).toEqual(['set-muted']);
  });

  it('keeps nothing for later when Socket.IO notices only then that the connection is gone, as after a sleep', async () => {
    const names: string[] = [];
    server.answer = (name) => {
      names.push(name);
      return { ok: true, value: null };
    };
    await client.connect();
    Object.assign(client.socket.io.engine, { _pingTimeoutTime: 1 });
    await expect(client.request('set-hand', { raised: true })).rejects.toMatchObject({ code: 'server-silent' });
    await client.connect();
    await client.request('set-muted', { trackId: 'a', muted: true });
    expect(names).toEqual(['set-muted']);
  });
});
