import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clientNetwork } from './client-network.ts';

function request(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const message = new IncomingMessage(socket);
  if (forwardedFor !== undefined) message.headers['x-forwarded-for'] = forwardedFor;
  return message;
}

describe('the network of a client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8::', '2001:db8::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b::/64'],
    ['172.32.0.1', '172.32.0.1'],
  ])('of %s is %s', (address, network) => {
    expect(clientNetwork(request(address), false)).toBe(network);
  });

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.2',
    '::ffff:192.168.1.2',
    '169.254.1.1',
    'fd00::1',
    'fe80::1%eth0',
    '',
  ])('of %j is none', (address) => {
    expect(clientNetwork(request(address), false)).toBe(undefined);
  });

  it('is what a trusted proxy wrote last, and nothing that another one wrote', () => {
    const asked = request('127.0.0.1', '198.51.100.1, 203.0.113.7');
    expect(clientNetwork(asked, true)).toBe('203.0.113.7');
    expect(clientNetwork(asked, false)).toBe(undefined);
    expect(clientNetwork(request('203.0.113.9', '198.51.100.1'), false)).toBe('203.0.113.9');
    expect(clientNetwork(request('127.0.0.1', '::FFFF:203.0.113.7%eth0'), true)).toBe('203.0.113.7');
  });

  it.each(['', 'unknown', '203.0.113.7:80', ', '])('is that of the socket when the proxy wrote %j', (forwardedFor) => {
    expect(clientNetwork(request('203.0.113.9', forwardedFor), true)).toBe('203.0.113.9');
  });
});
