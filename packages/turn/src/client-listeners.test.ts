import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, isIPv4, Server, type Socket } from 'node:net';
import { milliseconds } from '@rivero/core';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { ClientListeners, type ClientListenersOptions, type ListenFailure, missesMax } from './client-listeners.ts';
import { ConnectionQuota } from './connection-quota.ts';
import { ownAddresses } from './own-addresses.ts';
import { certificate } from './test/certificate.ts';
import { openDatagramSockets } from '@rivero/datapath';

const closings: (() => Promise<void> | void)[] = [];

const sockets = openDatagramSockets('auto');
afterAll(() => sockets.close());

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

interface Opened {
  readonly listeners: ClientListeners;
  readonly skipped: ListenFailure[];
}

async function opened(addresses: readonly string[], options: Partial<ClientListenersOptions> = {}): Promise<Opened> {
  const skipped: ListenFailure[] = [];
  const listeners = new ClientListeners({
    sockets,
    port: 0,
    onDatagram: (listener, remote, bytes) => listeners.find(listener)?.send(bytes, remote),
    admit: () => true,
    onConnection: (socket) => void socket.destroy(),
    ...options,
  });
  await listeners.open(addresses, (failure) => void skipped.push(failure));
  closings.push(() => listeners.close());
  return { listeners, skipped };
}

/** Another program at a free port of UDP and TCP. */
async function takenPort(ip: string): Promise<{ readonly port: number; readonly close: () => void }> {
  const port = await freePort();
  const server = createServer().listen(port, ip);
  await once(server, 'listening');
  closings.push(() => void server.close());
  return { port, close: () => server.close() };
}

/** Nobody had it at any address a moment ago, for UDP and TCP. */
async function freePort(): Promise<number> {
  const udp = createSocket('udp4').bind(0);
  await once(udp, 'listening');
  const { port } = udp.address();
  const tcp = createServer().listen({ port, host: '0.0.0.0' });
  const isFree = await once(tcp, 'listening').then(
    () => true,
    () => false,
  );
  udp.close();
  tcp.close();
  return isFree ? port : freePort();
}

/** Whether a packet comes back from there. */
async function answers(ip: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const back = once(socket, 'message', { signal: AbortSignal.timeout(300) });
  socket.send('hello', port, ip);
  const isBack = await back.then(
    ([, { address }]) => address === ip,
    () => false,
  );
  socket.close();
  return isBack;
}

async function connects(ip: string, port: number): Promise<boolean> {
  const socket = connect(port, ip);
  socket.on('error', () => {});
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isThere;
}

it('answers from the address that was asked, at one port of all', async () => {
  const { listeners, skipped } = await opened(['127.0.0.1', '127.0.0.2']);
  const port = listeners.ports.plain ?? 0;
  for (const ip of ['127.0.0.1', '127.0.0.2']) {
    expect(await answers(ip, port)).toBe(true);
    expect(await connects(ip, port)).toBe(true);
  }
  expect(skipped).toEqual([]);
});

it('leaves out an address where the port is taken, both UDP and TCP, tells it once, and takes it when it is free', async () => {
  const { port, close } = await takenPort('127.0.0.2');
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const { listeners, skipped } = await opened(addresses, { port });
  expect(skipped).toEqual([{ ip: '127.0.0.2', port, setting: 'RIVERO_TURN_PORT', code: 'EADDRINUSE' }]);
  expect(listeners.ports.plain).toBe(port);
  expect(await answers('127.0.0.3', port)).toBe(true);
  expect(await answers('127.0.0.2', port)).toBe(false);
  expect(await listeners.follow(addresses)).toEqual([]);
  close();
  await expect
    .poll(async () => [await listeners.follow(addresses), await answers('127.0.0.2', port)])
    .toEqual([[], true]);
});

it('leaves out an address that is none of this machine', async () => {
  const { listeners, skipped } = await opened(['192.0.2.1', '127.0.0.1']);
  expect(skipped).toMatchObject([{ ip: '192.0.2.1', code: 'EADDRNOTAVAIL' }]);
  expect(await answers('127.0.0.1', listeners.ports.plain ?? 0)).toBe(true);
});

it('goes on without TLS where its port is taken', async () => {
  const { port } = await takenPort('127.0.0.1');
  const free = await takenPort('127.0.0.1');
  free.close();
  const { listeners, skipped } = await opened(['127.0.0.1'], { port: free.port, tls: { port, certificate } });
  expect(skipped).toMatchObject([{ setting: 'RIVERO_TURN_TLS_PORT', code: 'EADDRINUSE' }]);
  expect(listeners.ports).toEqual({ plain: free.port, tls: undefined });
});

it('is refused with turn-port-taken where no address is left, and opens none', async () => {
  const { port } = await takenPort('127.0.0.1');
  const free = await takenPort('127.0.0.1');
  free.close();
  const options = { port, tls: { port: free.port, certificate } };
  await expect(opened(['127.0.0.1'], options)).rejects.toThrowError(
    expect.objectContaining({ code: 'turn-port-taken', context: expect.objectContaining({ ip: '127.0.0.1', port }) }),
  );
  expect(await connects('127.0.0.1', free.port)).toBe(false);
});

it('is refused with turn-port-taken where it would be heard on this machine alone, as others would reach another program', async (context) => {
  const outward = ownAddresses().find((ip) => isIPv4(ip));
  if (outward === undefined) return context.skip('no other address');
  const { port } = await takenPort(outward);
  await expect(opened(['127.0.0.1', outward], { port })).rejects.toMatchObject({
    code: 'turn-port-taken',
    context: { ip: outward, port },
  });
  expect(await connects('127.0.0.1', port)).toBe(false);
});

it('that may be at any port takes another where the one that is free for UDP is not for TCP', async () => {
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    process.nextTick(() => this.emit('error', Object.assign(new Error('taken'), { code: 'EADDRINUSE' })));
    return this;
  });
  const { listeners, skipped } = await opened(['127.0.0.1', '127.0.0.2']);
  expect(skipped).toEqual([]);
  const port = listeners.ports.plain ?? 0;
  for (const ip of ['127.0.0.1', '127.0.0.2']) expect(await answers(ip, port)).toBe(true);
});

it('follows the addresses of the machine as they come, and as they stay away', async () => {
  const { listeners } = await opened(['127.0.0.1']);
  const port = listeners.ports.plain ?? 0;
  expect(await answers('127.0.0.2', port)).toBe(false);
  expect(await listeners.follow(['127.0.0.1', '127.0.0.2'])).toEqual([]);
  expect(await answers('127.0.0.2', port)).toBe(true);
  for (let misses = 1; misses < missesMax; misses++) expect(await listeners.follow(['127.0.0.2'])).toEqual([]);
  expect(await answers('127.0.0.1', port)).toBe(true);
  await listeners.follow(['127.0.0.2']);
  expect(await answers('127.0.0.1', port)).toBe(false);
  expect(await connects('127.0.0.1', port)).toBe(false);
  expect(await connects('127.0.0.2', port)).toBe(true);
});

it('ends handshakes that take too long, whether nothing comes or half of one, and gives their places back', async () => {
  const quota = new ConnectionQuota();
  const places: Socket[] = [];
  const { listeners } = await opened(['127.0.0.1'], {
    tls: { port: 0, certificate },
    handshakeMax: milliseconds(100),
    admit: (socket) => {
      places.push(socket);
      return quota.admit(socket);
    },
    onConnection: () => expect.unreachable('nobody has ended a handshake'),
  });
  // A ClientHello whose record is longer than what comes of it.
  const halves = [Buffer.alloc(0), Buffer.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3)];
  const ends = halves.map((half) => {
    const socket = connect(listeners.ports.tls ?? 0, '127.0.0.1');
    socket.on('error', () => {});
    if (half.length > 0) socket.write(half);
    return once(socket.resume(), 'close');
  });
  await Promise.all(ends);
  await expect.poll(() => places.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});
