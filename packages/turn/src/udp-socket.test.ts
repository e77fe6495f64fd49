import { once } from 'node:events';
import { createSocket, Socket } from 'node:dgram';
import { afterEach, expect, it, vi } from 'vitest';
import { bindUdp, type UdpSocket } from './udp-socket.ts';

const host = '127.0.0.1';
const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
  vi.restoreAllMocks();
});

function bound(onDropped: () => void): UdpSocket {
  const socket = bindUdp({ ip: host, port: 0, onPacket: () => {}, onDropped });
  if (!('send' in socket)) throw socket;
  closings.push(() => socket.close());
  return socket;
}

it('drops what is for port 0, which anybody can claim to send from', async () => {
  let dropped = 0;
  const socket = bound(() => (dropped += 1));
  const other = createSocket('udp4').bind(0, host);
  closings.push(() => other.close());
  await once(other, 'listening');
  socket.send(Uint8Array.of(1), { ip: host, port: 0 });
  expect(dropped).toBe(1);
  const heard = once(other, 'message');
  socket.send(Uint8Array.of(2), { ip: host, port: other.address().port });
  expect((await heard)[0]).toEqual(Buffer.of(2));
});

it.each([
  { count: 1_023, size: 512 * 1024 - 1, drops: 0 },
  { count: 1_024, size: 1_024, drops: 1 },
  { count: 9, size: 512 * 1024, drops: 1 },
])('drops packets when $count packets of $size bytes wait: $drops', ({ count, size, drops }) => {
  let dropped = 0;
  const socket = bound(() => (dropped += 1));
  vi.spyOn(Socket.prototype, 'getSendQueueCount').mockReturnValue(count);
  vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(size);
  const sent = vi.spyOn(Socket.prototype, 'send');
  const remote = { ip: host, port: socket.port };
  // Nothing is known to wait until something was sent.
  socket.send(Uint8Array.of(1), remote);
  socket.send(Uint8Array.of(2), remote);
  expect(dropped).toBe(drops);
  expect(sent).toHaveBeenCalledTimes(2 - drops);
});
