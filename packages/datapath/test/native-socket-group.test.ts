import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress } from '@rivero/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type DatagramSocket, type DatagramSockets, openDatagramSockets, openDatapath } from '../src/index.ts';

const host = '127.0.0.1';

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type OnPacket = (remote: TransportAddress, bytes: Uint8Array) => void;

function opened(): DatagramSockets {
  const sockets = openDatagramSockets('native');
  closers.push(() => sockets.close());
  return sockets;
}

function bound(sockets: DatagramSockets, onPacket: OnPacket = () => {}): DatagramSocket {
  const socket = sockets.bind({ ip: host, port: 0, onPacket });
  if (socket instanceof Error) throw socket;
  return socket;
}

async function dgram(): Promise<Socket & { readonly heard: Buffer[] }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const heard: Buffer[] = [];
  socket.on('message', (bytes) => void heard.push(bytes));
  socket.bind(0, host);
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return Object.assign(socket, { heard });
}

function addressOf(socket: Socket): TransportAddress {
  return { ip: host, port: socket.address().port };
}

/** So that one wake-up brings all of it: they are in the socket before the loop turns. */
function sendAtOnce(from: DatagramSocket, to: DatagramSocket, packets: readonly Uint8Array[]): void {
  for (const packet of packets) from.send(packet, { ip: host, port: to.port });
}

function packetsOf(count: number, lengthOf: (i: number) => number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.alloc(lengthOf(i), i));
}

describe.runIf(openDatapath('auto').type === 'native')('native sockets', () => {
  it.each([
    { name: 'of one length', lengthOf: () => 1_200 },
    { name: 'that grow', lengthOf: (i: number) => 100 + i },
    { name: 'that shrink', lengthOf: (i: number) => 1_200 - i },
    { name: 'of all lengths, empty ones too', lengthOf: (i: number) => (i * 421) % 1_300 },
  ])('send back bursts $name, whole and in order', async ({ lengthOf }) => {
    const peer = await dgram();
    const sockets = opened();
    const echo = bound(sockets, (remote, bytes) => echo.send(bytes, remote));
    const packets = packetsOf(200, lengthOf);
    for (const packet of packets) peer.send(packet, echo.port, host);
    await expect.poll(() => peer.heard.length).toBe(packets.length);
    expect(peer.heard).toEqual(packets);
    expect(sockets.dropped).toBe(0);
  });

  it('send more in one wake-up than rows or their bytes have room for', async () => {
    const sockets = opened();
    const received: number[] = [];
    const to = bound(sockets, (_, bytes) => void received.push(bytes.length));
    const long = Buffer.alloc(60_000);
    const from = bound(sockets, () => {
      for (let i = 0; i < 1_100; i++) from.send(Uint8Array.of(1), { ip: host, port: to.port });
      for (let i = 0; i < 20; i++) from.send(long, { ip: host, port: to.port });
    });
    (await dgram()).send('go', from.port, host);
    await expect.poll(() => received.length).toBe(1_120);
    expect(received.slice(1_100)).toEqual(Array.from({ length: 20 }, () => 60_000));
  });

  it('send what each socket was given in its order, whatever turns they take', async () => {
    const sockets = opened();
    const peers = [await dgram(), await dgram()];
    const two = [bound(sockets), bound(sockets)];
    const from = bound(sockets, () => {
      for (let i = 0; i < 100; i++) {
        for (const [at, socket] of two.entries()) socket.send(Uint8Array.of(at, i), addressOf(peers[at]));
      }
    });
    peers[0].send('go', from.port, host);
    for (const [at, peer] of peers.entries()) {
      await expect.poll(() => peer.heard.length).toBe(100);
      expect(peer.heard).toEqual(Array.from({ length: 100 }, (_, i) => Buffer.of(at, i)));
    }
  });

  it('tell an address that is heard again by the same object, and each of many by its own', async () => {
    const sockets = opened();
    const heard: TransportAddress[] = [];
    const to = bound(sockets, (remote) => void heard.push(remote));
    const from = Array.from({ length: 40 }, () => bound(sockets));
    for (let round = 0; round < 2; round++) {
      for (const socket of from) sendAtOnce(socket, to, [Uint8Array.of(round)]);
      await expect.poll(() => heard.length).toBe((round + 1) * from.length);
    }
    expect(heard.map(({ port }) => port)).toEqual([...from, ...from].map(({ port }) => port));
    expect(heard.slice(40).filter((remote, i) => remote === heard[i]).length).toBeGreaterThan(30);
  });

  it('hear nothing more from a socket that is closed within the wake-up, nor what comes to the next at its port', async () => {
    const sockets = opened();
    const peer = await dgram();
    const first: number[] = [];
    const second: number[] = [];
    const socket: DatagramSocket = bound(sockets, (remote, bytes) => {
      first.push(bytes[0]);
      socket.send(Uint8Array.of(99), remote);
      socket.close();
      socket.send(Uint8Array.of(100), remote);
      const next = sockets.bind({ ip: host, port: socket.port, onPacket: (_, data) => void second.push(data[0]) });
      if (next instanceof Error) throw next;
    });
    const answers: number[] = [];
    const asking = bound(sockets, (_, bytes) => void answers.push(bytes[0]));
    sendAtOnce(
      asking,
      socket,
      packetsOf(50, () => 1),
    );
    await expect.poll(() => first).toEqual([0]);
    peer.send(Uint8Array.of(7), socket.port, host);
    await expect.poll(() => second).toEqual([7]);
    expect([first, answers]).toEqual([[0], [99]]);
  });

  it('are opened and closed again and again, and each hears its own', async () => {
    const sockets = opened();
    for (let round = 0; round < 50; round++) {
      const heard: number[] = [];
      const some = Array.from({ length: 10 }, (_, at) => bound(sockets, () => void heard.push(at)));
      sendAtOnce(some[0], some[round % 10], [Uint8Array.of(1)]);
      await expect.poll(() => heard, { interval: 1 }).toEqual([round % 10]);
      for (const socket of some) socket.close();
    }
  });

  it('close together within a wake-up, and hear and send nothing then', async () => {
    const sockets = opened();
    const peer = await dgram();
    let calls = 0;
    const socket = bound(sockets, (remote) => {
      calls += 1;
      sockets.close();
      socket.send(Uint8Array.of(1), remote);
    });
    const other = bound(sockets);
    for (let i = 0; i < 20; i++) peer.send('go', socket.port, host);
    await expect.poll(() => calls).toBe(1);
    expect(sockets.bind({ ip: host, port: 0, onPacket: () => {} })).toMatchObject({ code: 'ECANCELED' });
    other.send(Uint8Array.of(1), addressOf(peer));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([calls, peer.heard.length]).toEqual([1, 0]);
  });

  it('go on after an address of another family, a datagram that is too long, and one that nobody can have', async () => {
    const sockets = opened();
    const peer = await dgram();
    const socket = bound(sockets);
    socket.send(Uint8Array.of(1), { ip: '::1', port: 9 });
    socket.send(new Uint8Array(65_508), addressOf(peer));
    socket.send(Uint8Array.of(1), { ip: host, port: 0 });
    expect(sockets.dropped).toBe(3);
    socket.send(Uint8Array.of(2), addressOf(peer));
    await expect.poll(() => peer.heard).toEqual([Buffer.of(2)]);
  });
});
