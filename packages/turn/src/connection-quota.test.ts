import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { certificate } from './test/certificate.ts';
import { ConnectionQuota, connectionsMax, connectionsOfOneMax } from './connection-quota.ts';

let nextPort = 1;

function socketFrom(ip: string): Socket {
  return Object.defineProperties(new Socket(), { remoteAddress: { value: ip }, remotePort: { value: nextPort++ } });
}

it.each(['192.0.2.1', '2001:db8::1'])('of one source, such as %s, admits so many until one has closed', async (ip) => {
  const quota = new ConnectionQuota();
  const sockets = Array.from({ length: connectionsOfOneMax }, () => socketFrom(ip));
  for (const socket of sockets) expect(quota.admit(socket)).toBe(true);
  const late = socketFrom(ip === '192.0.2.1' ? ip : '2001:db8::ffff');
  expect(quota.admit(late)).toBe(false);
  expect(late.destroyed).toBe(true);
  expect(quota.admit(socketFrom(ip === '192.0.2.1' ? '192.0.2.2' : '2001:db8:0:1::1'))).toBe(true);
  sockets[0].emit('close');
  expect(quota.admit(socketFrom(ip))).toBe(true);
});

function filled(quota: ConnectionQuota): readonly Socket[] {
  return Array.from({ length: connectionsMax }, (_, i) => {
    const socket = socketFrom(`10.0.${i >> 8}.${i & 255}`);
    expect(quota.admit(socket)).toBe(true);
    return socket;
  });
}

it('of all sources together admits so many, and for another the oldest stranger goes', () => {
  const quota = new ConnectionQuota();
  const [first, second, third] = filled(quota);
  quota.keep(first);
  second.emit('close');
  expect(quota.admit(socketFrom('192.0.2.1'))).toBe(true);
  expect(third.destroyed).toBe(false);
  expect(quota.admit(socketFrom('192.0.2.2'))).toBe(true);
  expect([first.destroyed, third.destroyed]).toEqual([false, true]);
});

it('admits nobody where all are known', () => {
  const quota = new ConnectionQuota();
  for (const socket of filled(quota)) quota.keep(socket);
  const late = socketFrom('192.0.2.1');
  expect(quota.admit(late)).toBe(false);
  expect(late.destroyed).toBe(true);
});

it('knows the socket that TLS opens over the one that was admitted', async () => {
  const quota = new ConnectionQuota(1);
  const server = createServer(certificate, (socket) => quota.keep(socket));
  const admitted: boolean[] = [];
  server.on('connection', (socket: Socket) => void admitted.push(quota.admit(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const silent = connect(port, '127.0.0.1').on('error', () => {});
  const isGone = once(silent.resume(), 'close');
  await once(silent, 'connect');
  const isKept = once(server, 'secureConnection');
  const known = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }).on('error', () => {});
  await Promise.all([isGone, isKept]);
  const late = connect(port, '127.0.0.1').on('error', () => {});
  await once(late.resume(), 'close');
  expect(admitted).toEqual([true, true, false]);
  known.destroy();
  server.close();
});
