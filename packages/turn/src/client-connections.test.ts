import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { Alarms } from './alarms.ts';
import { ClientConnections } from './client-connections.ts';

const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0).toReversed()) close();
  vi.useRealTimers();
});

interface Opened {
  readonly connections: ClientConnections;
  readonly client: Socket;
  readonly dropped: () => number;
  readonly closed: () => boolean;
}

/** Connection 1, whose client reads nothing. */
async function opened(): Promise<Opened> {
  let dropped = 0;
  let isClosed = false;
  const connections = new ClientConnections(new Alarms(), {
    onOpen: () => {},
    onMessage: () => {},
    onClosed: () => (isClosed = true),
    onDropped: () => (dropped += 1),
  });
  closings.push(() => connections.closeAll());
  const server = createServer((socket) => connections.add(socket, false)).listen(0, '127.0.0.1');
  closings.push(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = once(server, 'connection');
  const client = connect(port, '127.0.0.1').pause();
  closings.push(() => client.destroy());
  client.on('error', () => {});
  await accepted;
  return { connections, client, dropped: () => dropped, closed: () => isClosed };
}

it('drops packets for a client that reads none, and ends it when answers wait as well', async () => {
  const { connections, client, dropped } = await opened();
  const packet = new Uint8Array(64 * 1024);
  for (let i = 0; i < 1_000 && dropped() === 0; i++) connections.send(1, packet, true);
  expect(dropped()).toBe(1);
  for (let i = 0; i < 100; i++) connections.send(1, packet, false);
  client.resume();
  await once(client, 'close');
});

it('drops short packets for a client that reads none long before they fill the memory', async () => {
  const { connections, dropped } = await opened();
  const packet = new Uint8Array(64 * 1024);
  const short = new Uint8Array(8);
  // What the system takes until it takes no more.
  for (let i = 0; i < 4; i++) connections.send(1, packet, true);
  let sent = 0;
  for (let i = 0; i < 100_000 && dropped() === 0; i++) {
    connections.send(1, short, true);
    sent += 1;
  }
  expect(dropped()).toBe(1);
  expect(sent).toBeLessThan(2_000);
});

it('ends a closed connection whose client reads nothing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { connections, closed } = await opened();
  for (let i = 0; i < 100; i++) connections.send(1, new Uint8Array(64 * 1024), false);
  connections.close(1);
  vi.advanceTimersByTime(9_999);
  await new Promise((resolve) => void setImmediate(resolve));
  expect(closed()).toBe(false);
  vi.advanceTimersByTime(1);
  await expect.poll(closed).toBe(true);
});
