import { once } from 'node:events';
import { createSocket, Socket } from 'node:dgram';
import type { TransportAddress } from '@rivero/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DatagramSocket, DatagramSockets } from './datagram-sockets.ts';
import type { DatapathChoice } from './find-addon.ts';
import { openDatapath } from './open-datapath.ts';
import { openDatagramSockets } from './open-datagram-sockets.ts';

const host = '127.0.0.1';
const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
  vi.restoreAllMocks();
});

function opened(choice: DatapathChoice): DatagramSockets {
  const sockets = openDatagramSockets(choice);
  closings.push(() => sockets.close());
  return sockets;
}

type OnPacket = (remote: TransportAddress, bytes: Uint8Array) => void;

function bound(sockets: DatagramSockets, onPacket: OnPacket = () => {}, ip = host): DatagramSocket {
  const socket = sockets.bind({ ip, port: 0, onPacket });
  if (!('send' in socket)) throw socket;
  return socket;
}

async function other(ip = host): Promise<Socket> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4').bind(0, ip);
  closings.push(() => socket.close());
  await once(socket, 'listening');
  return socket;
}

const hasIpv6 = await other('::1').then(
  () => true,
  () => false,
);

const isNative = openDatapath('auto').type === 'native';

describe.each<DatapathChoice>(isNative ? ['native', 'twin'] : ['twin'])('sockets of the %s datapath', (choice) => {
  it.each(hasIpv6 ? [host, '::1'] : [host])('hear who sends at %s, and send back', async (ip) => {
    const peer = await other(ip);
    const from: TransportAddress[] = [];
    const socket = bound(
      opened(choice),
      (remote, bytes) => {
        from.push(remote);
        socket.send(bytes, remote);
        socket.sendWithHeader(0x40000000 + bytes.length, bytes, remote);
      },
      ip,
    );
    peer.send('a packet', socket.port, ip);
    expect(String((await once(peer, 'message'))[0])).toBe('a packet');
    expect(from).toEqual([{ ip, port: peer.address().port }]);
  });

  it('put four bytes before what they send with a header', async () => {
    const peer = await other();
    const socket = bound(opened(choice));
    socket.sendWithHeader(0xfedcba98, Buffer.from('data'), { ip: host, port: peer.address().port });
    expect((await once(peer, 'message'))[0]).toEqual(Buffer.from('\xfe\xdc\xba\x98data', 'latin1'));
  });

  it('carry empty datagrams and long ones', async () => {
    const peer = await other();
    const lengths: number[] = [];
    const socket = bound(opened(choice), (remote, bytes) => socket.send(bytes, remote));
    peer.on('message', (bytes) => void lengths.push(bytes.length));
    for (const length of [0, 65_507]) peer.send(Buffer.alloc(length, 1), socket.port, host);
    await expect.poll(() => lengths).toEqual([0, 65_507]);
  });

  it('drop what is for port 0, which anybody can claim to send from', async () => {
    const sockets = opened(choice);
    const socket = bound(sockets);
    const peer = await other();
    socket.send(Uint8Array.of(1), { ip: host, port: 0 });
    expect(sockets.dropped).toBe(1);
    const heard = once(peer, 'message');
    socket.send(Uint8Array.of(2), { ip: host, port: peer.address().port });
    expect((await heard)[0]).toEqual(Buffer.of(2));
  });

  it('say by the code of the system that a port is taken or an address another machine’s', () => {
    const sockets = opened(choice);
    const { port } = bound(sockets);
    expect(sockets.bind({ ip: host, port, onPacket: () => {} })).toMatchObject({ code: 'EADDRINUSE' });
    expect(sockets.bind({ ip: '192.0.2.1', port: 0, onPacket: () => {} })).toMatchObject({ code: 'EADDRNOTAVAIL' });
    expect(sockets.bind({ ip: 'a-name', port: 0, onPacket: () => {} })).toMatchObject({ code: 'EINVAL' });
  });

  it('send nothing any more when they are closed', async () => {
    const peer = await other();
    const heard: string[] = [];
    peer.on('message', (bytes) => void heard.push(String(bytes)));
    const remote = { ip: host, port: peer.address().port };
    const sockets = opened(choice);
    const [alone, together] = [bound(sockets), bound(sockets)];
    alone.close();
    alone.send(Buffer.from('alone'), remote);
    sockets.close();
    together.sendWithHeader(1, Buffer.from('together'), remote);
    bound(opened(choice)).send(Buffer.from('last'), remote);
    await expect.poll(() => heard).toEqual(['last']);
    expect(sockets.dropped).toBe(0);
  });

  it('free their port at once when they are closed, by themselves or together', () => {
    const sockets = opened(choice);
    const socket = bound(sockets);
    socket.close();
    socket.close();
    const again = sockets.bind({ ip: host, port: socket.port, onPacket: () => {} });
    expect(again).toMatchObject({ port: socket.port });
    sockets.close();
    expect(opened(choice).bind({ ip: host, port: socket.port, onPacket: () => {} })).toMatchObject({
      port: socket.port,
    });
  });
});

it.each([
  { count: 1_023, size: 512 * 1024 - 1, drops: 0 },
  { count: 1_024, size: 1_024, drops: 2 },
  { count: 9, size: 512 * 1024, drops: 2 },
])('dgram looks before each 16th packet, and drops $drops of 17 when $count of $size bytes wait', (row) => {
  const sockets = opened('twin');
  const socket = bound(sockets);
  vi.spyOn(Socket.prototype, 'getSendQueueCount').mockReturnValue(row.count);
  vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(row.size);
  const sent = vi.spyOn(Socket.prototype, 'send');
  const remote = { ip: host, port: socket.port };
  for (let i = 0; i < 17; i++) socket.send(Uint8Array.of(i), remote);
  expect(sockets.dropped).toBe(row.drops);
  expect(sent).toHaveBeenCalledTimes(17 - row.drops);
});

it('dgram goes on as soon as there is room again', () => {
  const sockets = opened('twin');
  const socket = bound(sockets);
  const waiting = vi.spyOn(Socket.prototype, 'getSendQueueCount').mockReturnValue(1_024);
  const remote = { ip: host, port: socket.port };
  for (let i = 0; i < 17; i++) socket.send(Uint8Array.of(i), remote);
  waiting.mockReturnValue(0);
  socket.send(Uint8Array.of(17), remote);
  expect(sockets.dropped).toBe(2);
});

it('dgram looks behind 64 KiB, too, so that few long packets are as little as many short ones', () => {
  const sockets = opened('twin');
  const socket = bound(sockets);
  vi.spyOn(Socket.prototype, 'getSendQueueCount').mockReturnValue(9);
  vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(512 * 1024);
  const sent = vi.spyOn(Socket.prototype, 'send').mockReturnValue();
  const remote = { ip: host, port: socket.port };
  for (let i = 0; i < 15; i++) socket.send(new Uint8Array(32 * 1024), remote);
  expect(sent).toHaveBeenCalledTimes(2);
  expect(sockets.dropped).toBe(13);
});
