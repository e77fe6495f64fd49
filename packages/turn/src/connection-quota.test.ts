import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ConnectionQuota, connectionsMax, connectionsOfOneMax } from './connection-quota.ts';

function socketFrom(ip: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: ip });
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

it('of all sources together admits so many', () => {
  const quota = new ConnectionQuota();
  for (let i = 0; i < connectionsMax; i++) {
    expect(quota.admit(socketFrom(`10.0.${i >> 8}.${i & 255}`))).toBe(true);
  }
  expect(quota.admit(socketFrom('192.0.2.1'))).toBe(false);
});
