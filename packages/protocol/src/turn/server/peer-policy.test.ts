import { describe, expect, it } from 'vitest';
import { PeerPolicy } from './peer-policy.ts';

const own = ['192.0.2.15', '10.1.2.3', '9.8.7.6', '2a00:1:2::15'];
const policy = new PeerPolicy({ allow: [], own, ownPorts: [{ first: 40_000, last: 50_000 }] });

describe('a peer is refused', () => {
  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['10.255.255.255', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fec0::1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['168.63.129.16', 'link-local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['ff02::1', 'multicast'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['198.18.0.1', 'benchmarking'],
    ['198.19.255.255', 'benchmarking'],
    ['2001:2::1', 'benchmarking'],
    ['192.0.0.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['100::1', 'reserved'],
    ['5f00::1', 'reserved'],
    // With an IPv4 address inside.
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a00:1', 'private'],
    ['::127.0.0.1', 'loopback'],
    ['::10.0.0.1', 'private'],
    ['::ffff:0:169.254.169.254', 'link-local'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b::169.254.169.254', 'link-local'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b:1::8.8.8.8', 'translated'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'translated'],
    ['2002:7f00:1::1', 'loopback'],
    ['2002:a9fe:a9fe::', 'link-local'],
    ['2002:c0a8:101::1', 'private'],
    ['2002:6440:1::1', 'shared'],
    ['2a00:9:9:9:0:5efe:10.0.0.1', 'private'],
    ['2a00:9:9:9:200:5efe:127.0.0.1', 'loopback'],
    ['64:ff9b::9.8.7.6', 'own-address'],
    ['2002:908:706::1', 'own-address'],
  ])('at %s: %s', (ip, refusal) => {
    expect(policy.refusalOfIp(ip)).toBe(refusal);
    expect(policy.refusalOf({ ip, port: 45_000 })).toBe(refusal);
  });

  it.each([
    ['192.0.2.15', 443],
    ['10.1.2.3', 39_999],
    ['2a00:1:2::15', 50_001],
  ])('at our own %s but for the ports of relays and media: %i', (ip, port) => {
    expect(policy.refusalOf({ ip, port })).toBe('own-address');
    expect(policy.refusalOfPort({ ip, port })).toBe('own-address');
    expect(policy.refusalOf({ ip, port: 40_000 })).toBeUndefined();
    expect(policy.refusalOf({ ip, port: 50_000 })).toBeUndefined();
  });

  it('at port 0', () => {
    expect(policy.refusalOf({ ip: '8.8.8.8', port: 0 })).toBe('port-zero');
  });

  it('at addresses that became ours later', () => {
    const growing = new PeerPolicy({ allow: [], own, ownPorts: [{ first: 40_000, last: 50_000 }] });
    expect(growing.refusalOf({ ip: '2a00:1:2::99', port: 443 })).toBeUndefined();
    growing.setOwn([...own, '2A00:1:2:0::99']);
    expect(growing.refusalOf({ ip: '2a00:1:2::99', port: 443 })).toBe('own-address');
    expect(growing.refusalOfPort({ ip: '2a00:1:2::99', port: 40_000 })).toBeUndefined();
  });

  it('at all of our own when no port is open to everybody', () => {
    expect(new PeerPolicy({ allow: [], own, ownPorts: [] }).refusalOfIp('9.8.7.6')).toBe('own-address');
  });
});

describe('a peer is let through', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '::ffff:8.8.8.8',
  ])('at %s', (ip) => {
    expect(policy.refusalOf({ ip, port: 9 })).toBeUndefined();
  });

  it('when a range of the allow-list names it', () => {
    const lenient = new PeerPolicy({
      allow: ['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '0.0.0.0/0'],
      own: ['10.1.2.3'],
      ownPorts: [],
    });
    for (const ip of ['10.9.9.9', '127.0.0.1', 'fd12::1', '192.168.0.1']) {
      expect(lenient.refusalOf({ ip, port: 22 })).toBeUndefined();
    }
    expect(lenient.refusalOf({ ip: 'fe80::1', port: 22 })).toBe('link-local');
    // Named are addresses as they stand, not what hides in others.
    expect(lenient.refusalOf({ ip: '64:ff9b::10.0.0.1', port: 22 })).toBe('private');
  });

  it.each(['10.1.2.3', '10.1.2.3/32', '2a00:1:2::15', '2a00:1:2::15/128'])(
    'at each port of our own when the allow-list has exactly that: %s',
    (named) => {
      const [ip] = named.split('/');
      const open = new PeerPolicy({ allow: [named], own, ownPorts: [] });
      expect(open.refusalOf({ ip, port: 22 })).toBeUndefined();
      expect(open.refusalOfPort({ ip, port: 22 })).toBeUndefined();
    },
  );
});

describe('a peer in a network of our own with public addresses', () => {
  const ownNetworks = ['9.8.7.6/24', '2a00:1:2::15/64'];
  const ownPorts = [{ first: 40_000, last: 50_000 }];

  it.each(['9.8.7.200', '2a00:1:2::16', '2002:908:7c8::1', '64:ff9b::908:7c8'])(
    'is refused, as a firewall may keep others from it: %s',
    (ip) => {
      const beside = new PeerPolicy({ allow: [], own, ownNetworks, ownPorts });
      expect(beside.refusalOfIp(ip)).toBe('own-network');
      expect(policy.refusalOfIp(ip)).toBeUndefined();
    },
  );

  it('is allowed by the allow-list', () => {
    const beside = new PeerPolicy({ allow: ['9.8.7.0/24'], own, ownNetworks, ownPorts });
    expect(beside.refusalOfIp('9.8.7.200')).toBeUndefined();
    expect(beside.refusalOfIp('2a00:1:2::16')).toBe('own-network');
  });

  it('is not one of ours, whose media ports are reached', () => {
    const beside = new PeerPolicy({ allow: [], own, ownNetworks, ownPorts });
    expect(beside.refusalOf({ ip: '9.8.7.6', port: 40_000 })).toBeUndefined();
    expect(beside.refusalOf({ ip: '9.8.7.6', port: 80 })).toBe('own-address');
  });

  it('is refused when we come into that network later, and no longer when we have left it', () => {
    const moving = new PeerPolicy({ allow: [], own, ownPorts });
    moving.setOwn(own, ownNetworks);
    expect(moving.refusalOfIp('9.8.7.200')).toBe('own-network');
    moving.setOwn(own);
    expect(moving.refusalOfIp('9.8.7.200')).toBeUndefined();
  });
});

it('a network of the allow-list lets nobody to our own services in it', () => {
  const allow = ['10.0.0.0/8', '2a00::/16', '0.0.0.0/0', '::/0'];
  const lenient = new PeerPolicy({ allow, own, ownPorts: [{ first: 40_000, last: 50_000 }] });
  for (const ip of own) {
    expect([22, 40_000].map((port) => lenient.refusalOf({ ip, port }))).toEqual(['own-address', undefined]);
    expect(lenient.refusalOfPort({ ip, port: 22 })).toBe('own-address');
  }
  expect(new PeerPolicy({ allow, own, ownPorts: [] }).refusalOfIp('10.1.2.3')).toBe('own-address');
});

it.each(['10.0.0.0/33', '10.0.0/8', 'example.org', '', '::/129', '10.0.0.0/8/8', 'fe80::1%eth0', '10.0.0.0/-1'])(
  'refuses %j as a range',
  (text) => {
    const open = (): PeerPolicy => new PeerPolicy({ allow: [text], own: [], ownPorts: [] });
    expect(open).toThrowError(expect.objectContaining({ code: 'turn-bad-peer-range' }));
  },
);
