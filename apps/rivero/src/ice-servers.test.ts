import { createHmac } from 'node:crypto';
import { wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  credentialLifetime,
  externalIceServers,
  noIceServers,
  notForRooms,
  ownIceServers,
  type OwnIceServersOptions,
  ownTurnUrls,
} from './ice-servers.ts';

const secret = 'a-secret-of-the-test';
const now = wallClockMs(1_700_000_000_500);
const expiry = 1_700_000_000 + credentialLifetime;

const usual: OwnIceServersOptions = {
  port: 3478,
  tlsPort: 5349,
  secret,
  turnHost: undefined,
  externalAddresses: [],
  localAddresses: () => [
    { family: 'IPv6', address: '2001:db8::10' },
    { family: 'IPv4', address: '192.0.2.10' },
  ],
  machineName: 'Debian',
  wallNow: () => now,
};

/** The password of a time-limited name as coturn computes it. */
function passwordOf(username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}

function hostOf(asked: string | undefined, options: Partial<OwnIceServersOptions> = {}): string {
  const { iceServers } = ownIceServers({ ...usual, ...options }).issue({ host: asked, name: 'ann' });
  return (iceServers[0]?.urls[0] ?? '').replace(/^stun:(.*):3478$/, '$1');
}

describe('our own servers', () => {
  it('are STUN without credentials, and TURN over UDP, TCP and TLS with ones that last 12 hours', () => {
    const username = `${expiry}:ann`;
    expect(ownIceServers(usual).issue({ host: 'meet.example', name: 'ann' })).toEqual({
      iceServers: [
        { urls: ['stun:meet.example:3478'] },
        {
          urls: [
            'turn:meet.example:3478?transport=udp',
            'turn:meet.example:3478?transport=tcp',
            'turns:meet.example:5349?transport=tcp',
          ],
          username,
          credential: passwordOf(username),
        },
      ],
      lifetime: 12 * 3_600,
    });
    expect(ownIceServers(usual).hasRelay).toBe(true);
  });

  it('are those of the ports that are open', () => {
    const urls = (options: Partial<OwnIceServersOptions>): readonly string[] =>
      ownIceServers({ ...usual, ...options })
        .issue({ host: 'a.example', name: 'ann' })
        .iceServers.flatMap((server) => server.urls);
    expect(urls({ port: undefined })).toEqual(['turns:a.example:5349?transport=tcp']);
    expect(urls({ tlsPort: undefined })).toEqual([
      'stun:a.example:3478',
      'turn:a.example:3478?transport=udp',
      'turn:a.example:3478?transport=tcp',
    ]);
  });

  it('have credentials of their own for each name', () => {
    const credentialOf = (name: string): string | undefined =>
      ownIceServers(usual).issue({ host: undefined, name }).iceServers[1]?.credential;
    expect(credentialOf('ann')).not.toBe(credentialOf('bob'));
  });
});

describe('the host of our own servers', () => {
  it.each([
    ['meet.example', 'meet.example'],
    ['192.0.2.99', '192.0.2.99'],
    ['2001:db8::99', '[2001:db8::99]'],
    ['debian.local', 'debian.local'],
  ])('is what the client asked for: %s', (asked, host) => {
    expect(hostOf(asked)).toBe(host);
  });

  it.each([
    undefined,
    'localhost',
    'app.localhost',
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '::ffff:7f00:1',
    '0.0.0.0',
    '::',
    'debian',
  ])('is the first address of this machine, IPv4 before IPv6, where the client asked for %s', (asked) => {
    expect(hostOf(asked)).toBe('192.0.2.10');
  });

  it('is the external address rather than a local one, and loopback where there is nothing else', () => {
    expect(hostOf('localhost', { externalAddresses: ['203.0.113.7'] })).toBe('203.0.113.7');
    expect(hostOf('meet.example', { externalAddresses: ['203.0.113.7'] })).toBe('meet.example');
    expect(hostOf('localhost', { localAddresses: () => [] })).toBe('127.0.0.1');
    expect(hostOf('localhost', { localAddresses: () => usual.localAddresses().slice(0, 1) })).toBe('[2001:db8::10]');
  });

  it.each([
    ['192.0.2.20', 'meet.example', '192.0.2.20'],
    ['2001:db8::20', 'localhost', '[2001:db8::20]'],
    ['127.0.0.1', 'meet.example', '127.0.0.1'],
    ['localhost', 'meet.example', '127.0.0.1'],
    ['0.0.0.0', 'meet.example', 'meet.example'],
    ['0.0.0.0', '2001:db8::99', '192.0.2.10'],
    ['::', '192.0.2.99', '[2001:db8::10]'],
    ['::', 'localhost', '[2001:db8::10]'],
  ])('with RIVERO_TURN_HOST=%s, asked as %s, is %s', (turnHost, asked, host) => {
    expect(hostOf(asked, { turnHost })).toBe(host);
  });
});

it.each([
  [{}, ['turn:192.0.2.10:3478', 'turns:192.0.2.10:5349']],
  [{ turnHost: '0.0.0.0' }, ['turn:192.0.2.10:3478', 'turns:192.0.2.10:5349']],
  [{ turnHost: '::', tlsPort: undefined }, ['turn:[2001:db8::10]:3478']],
  [{ externalAddresses: ['203.0.113.7'], port: undefined }, ['turns:203.0.113.7:5349']],
])('what is printed of our own servers with %j is %j', (options, urls) => {
  expect(ownTurnUrls({ ...usual, ...options })).toEqual(urls);
});

describe('servers of others', () => {
  const urls = ['turn:turn.example:3478?transport=udp', 'stun:stun.example', 'turns:turn.example:443'];

  it('are handed out as they are named, with credentials for those that relay', () => {
    const source = externalIceServers({ urls, secret, wallNow: () => now });
    const username = `${expiry}:bob`;
    expect(source.hasRelay).toBe(true);
    expect(source.issue({ host: 'meet.example', name: 'bob' })).toEqual({
      iceServers: [
        { urls: ['stun:stun.example'] },
        {
          urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example:443'],
          username,
          credential: passwordOf(username),
        },
      ],
      lifetime: credentialLifetime,
    });
  });

  it('may be STUN servers only, which relay nothing', () => {
    const source = externalIceServers({ urls: ['stun:stun.example'], secret: undefined, wallNow: () => now });
    expect(source.hasRelay).toBe(false);
    expect(source.issue({ host: undefined, name: 'bob' }).iceServers).toEqual([{ urls: ['stun:stun.example'] }]);
  });
});

it('relays that cannot reach the media are handed out, but nothing can be sent through them alone', () => {
  const source = notForRooms(ownIceServers(usual));
  expect(source.hasRelay).toBe(false);
  expect(source.issue({ host: undefined, name: 'ann' })).toEqual(
    ownIceServers(usual).issue({ host: undefined, name: 'ann' }),
  );
});

it('where there is no server, there is none to hand out', () => {
  expect(noIceServers.hasRelay).toBe(false);
  expect(noIceServers.issue({ host: 'meet.example', name: 'ann' }).iceServers).toEqual([]);
});
