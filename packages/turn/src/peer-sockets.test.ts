import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { milliseconds } from '@rivero/core';
import { afterEach, expect, it } from 'vitest';
import { Alarms } from './alarms.ts';
import { PeerSockets } from './peer-sockets.ts';

const host = '127.0.0.1';
const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
});

async function peer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => void closings.push(() => socket.destroy())).listen(0, host);
  closings.push(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

function listening(sockets: PeerSockets, relay: number): Promise<number> {
  const ports = Array.from({ length: 50 }, (_, index) => 62_000 + Math.floor(Math.random() * 3_000) + index);
  return new Promise((resolve) => sockets.listen(relay, host, ports, (port) => resolve(port ?? 0)));
}

async function reaches(port: number): Promise<boolean> {
  const caller = connect(port, host);
  closings.push(() => caller.destroy());
  return once(caller, 'connect').then(
    () => true,
    () => false,
  );
}

it('connects to several peers from the port of the relay, which goes on listening', async () => {
  const closed: number[] = [];
  const accepted: number[] = [];
  const sockets = new PeerSockets(new Alarms(), {
    onAccepted: (_relay, { port }) => {
      accepted.push(port);
      return 100;
    },
    onConnected: () => {},
    onClosed: (id) => void closed.push(id),
    onLost: () => expect.unreachable('the port is still free'),
  });
  closings.push(() => sockets.closeAll());
  const port = await listening(sockets, 1);
  const peers = await Promise.all([peer(), peer(), peer()]);
  const connected = peers.map(({ server }) => once(server, 'connection'));
  for (const [index, { port: to }] of peers.entries()) sockets.connect(index, 1, { ip: host, port: to });
  for (const [socket] of await Promise.all(connected)) expect(socket.remotePort).toBe(port);
  await expect.poll(() => reaches(port)).toBe(true);
  await expect.poll(() => accepted.length).toBe(1);
  expect(closed).toEqual([]);
});

it('waits no longer than told for a peer that reads nothing', async () => {
  const sockets = new PeerSockets(new Alarms(), {
    linger: milliseconds(50),
    onAccepted: () => undefined,
    onConnected: () => {},
    onClosed: () => {},
    onLost: () => {},
  });
  closings.push(() => sockets.closeAll());
  await listening(sockets, 1);
  const { server, port } = await peer();
  server.on('connection', (socket) => socket.pause());
  sockets.connect(1, 1, { ip: host, port });
  const socket = sockets.find(1);
  if (socket === undefined) return expect.unreachable('it connects');
  await once(socket, 'connect');
  socket.write(Buffer.alloc(32 * 1024 * 1024));
  sockets.close(1);
  await once(socket, 'close');
});

it('makes no connection that was given up before its turn', async () => {
  const sockets = new PeerSockets(new Alarms(), {
    onAccepted: () => undefined,
    onConnected: () => {},
    onClosed: () => {},
    onLost: () => {},
  });
  closings.push(() => sockets.closeAll());
  await listening(sockets, 1);
  const { server, port } = await peer();
  sockets.connect(1, 1, { ip: host, port });
  sockets.connect(2, 1, { ip: host, port });
  sockets.close(2);
  await once(server, 'connection');
  expect(sockets.find(1)).toBeDefined();
  expect(sockets.find(2)).toBeUndefined();
});
