import { describe, expect, it } from 'vitest';
import type { DatagramPort } from '../contract.ts';
import { reachableAddress, reachablePort } from './reachable-port.ts';

function portAt(ip: string): DatagramPort {
  return { local: { ip, port: 7_000 }, send: () => false, isCongested: () => false };
}

const server = ['203.0.113.1', '10.0.0.5', '172.17.0.1', '2001:db8:1::1', 'fd00::1', '127.0.0.1', '::1'].map(portAt);

describe('reachablePort', () => {
  it.each([
    ['a public address from the public one', '198.51.100.9', '203.0.113.1'],
    ['a private address from the one of the same network', '10.0.9.9', '10.0.0.5'],
    ['another private address from the one of its own network', '172.17.0.2', '172.17.0.1'],
    ['shared address space (RFC 6598) as private', '100.64.0.1', '10.0.0.5'],
    ['loopback from loopback', '127.0.0.9', '127.0.0.1'],
    ['IPv6 from IPv6', '2001:db8:2::2', '2001:db8:1::1'],
    ['a unique local address from one (RFC 4193)', 'fd12::2', 'fd00::1'],
    ['IPv6 loopback from its own', '::1', '::1'],
  ])('reaches %s', (_, remote, local) => {
    expect(reachablePort(server, { ip: remote, port: 9 })?.local.ip).toBe(local);
  });

  it('reaches an address of our own from another one, so that both ends have their own path', () => {
    expect(reachablePort(server, { ip: '127.0.0.1', port: 7_000 })?.local.ip).toBe('203.0.113.1');
    expect(reachablePort(server, { ip: '10.0.0.5', port: 7_000 })?.local.ip).toBe('172.17.0.1');
    expect(reachablePort(server, { ip: '::1', port: 7_000 })?.local.ip).toBe('2001:db8:1::1');
    expect(reachablePort(server, { ip: '10.0.0.5', port: 7_001 })?.local.ip).toBe('10.0.0.5');
    expect(reachablePort([portAt('10.0.0.5')], { ip: '10.0.0.5', port: 7_000 })).toBeUndefined();
  });

  it('reaches a public address from the first when all of ours are private', () => {
    const ports = ['10.0.0.5', '172.17.0.1', '127.0.0.1'].map(portAt);
    expect(reachablePort(ports, { ip: '203.0.113.9', port: 9 })?.local.ip).toBe('10.0.0.5');
  });

  it('reaches nothing outside from loopback, no loopback from outside, and no other family', () => {
    expect(reachablePort([portAt('127.0.0.1')], { ip: '10.0.0.9', port: 9 })).toBeUndefined();
    expect(reachablePort([portAt('10.0.0.5')], { ip: '127.0.0.1', port: 9 })).toBeUndefined();
    expect(reachablePort([portAt('10.0.0.5')], { ip: '2001:db8::9', port: 9 })).toBeUndefined();
    expect(reachablePort([], { ip: '10.0.0.9', port: 9 })).toBeUndefined();
  });
});

describe('reachableAddress', () => {
  it.each([
    ['10.0.0.9', '10.0.0.9'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:10.0.0.9', '10.0.0.9'],
    ['::1', '::1'],
  ])('writes %s as %s', (ip, canonical) => {
    expect(reachableAddress({ ip, port: 9 })).toEqual({ ip: canonical, port: 9 });
  });

  it.each([
    '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local',
    'example.org',
    '',
    '1.2.3',
    '0.0.0.0',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '::ffff:224.0.0.1',
  ])('is none for %s', (ip) => {
    expect(reachableAddress({ ip, port: 9 })).toBeUndefined();
  });

  it('is none for port 0, which a dgram socket would throw at', () => {
    expect(reachableAddress({ ip: '10.0.0.9', port: 0 })).toBeUndefined();
  });
});
