import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
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
}

/** Connection 1, whose client reads nothing. */
async function opened(isInUse: boolean): Promise<Opened> {
  let dropped = 0;
  const connections = new ClientConnections({
    onOpen: () => {},
    onMessage: () => {},
    onClosed: () => {},
    onDropped: () => (dropped += 1),
    isInUse: () => isInUse,
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
  return { connections, client, dropped: () => dropped };
}

it('drops packets for a client that reads none, and ends it when answers wait as well', async () => {
  const { connections, client, dropped } = await opened(true);
  const packet = new Uint8Array(64 * 1024);
  for (let i = 0; i < 1_000 && dropped() === 0; i++) connections.send(1, packet, true);
  expect(dropped()).toBe(1);
  for (let i = 0; i < 100; i++) connections.send(1, packet, false);
  client.resume();
  await once(client, 'close');
});

it.each([
  { isInUse: false, ends: true },
  { isInUse: true, ends: false },
])(
  'after 30 s has ended a connection by which nothing was used (in use: $isInUse, ended: $ends)',
  async ({ isInUse, ends }) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { client } = await opened(isInUse);
    let isClosed = false;
    client.resume().on('close', () => (isClosed = true));
    vi.advanceTimersByTime(29_000);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(isClosed).toBe(false);
    vi.advanceTimersByTime(6_000);
    if (ends) await expect.poll(() => isClosed).toBe(true);
    else expect(isClosed).toBe(false);
  },
);
