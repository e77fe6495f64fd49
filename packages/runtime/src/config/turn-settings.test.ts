import { CodedError } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { iceUrlsMax } from './ice-urls.ts';
import { type Config, type Environment, parseCommandLine, readConfig } from './index.ts';

function read(environment: Environment): Config {
  return readConfig({ commandLine: parseCommandLine([]), environment, folder: '/tmp', surroundings: { cores: 4 } });
}

/** Why it is not taken: a code and what is said. */
function refusal(environment: Environment): readonly [code: string, message: string] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof CodedError) return [error.code, error.message];
    throw error;
  }
  return ['taken', ''];
}

it('those of the TURN server are read', () => {
  const environment = {
    RIVERO_TURN_USERS: 'ann:secret:with:colons, bob:another',
    RIVERO_TURN_RELAY_ADDRESS: '192.0.2.1,2001:db8::1',
    RIVERO_TURN_ALLOW_PEERS: '10.0.0.0/8',
    RIVERO_TURN_REALM: 'meet.example',
    RIVERO_TURN_TLS_PORT: 'off',
  };
  expect(read(environment)).toMatchObject({
    turnUsers: [
      { username: 'ann', password: 'secret:with:colons' },
      { username: 'bob', password: 'another' },
    ],
    turnRelayAddress: ['192.0.2.1', '2001:db8::1'],
    turnAllowPeers: ['10.0.0.0/8'],
    turnRealm: 'meet.example',
    turnTlsPort: 'off',
  });
});

describe('STUN and TURN servers of others', () => {
  const secret = 'a+secret/of=coturn';

  it.each([
    'stun:stun.example.org',
    'stun:192.0.2.1:3478',
    'turn:turn.example.org:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
    'turns:turn.example.org:443?transport=tcp',
    'turns:my_server',
  ])('may be at %s', (url) => {
    expect(read({ RIVERO_TURN_URLS: url, RIVERO_TURN_SECRET: secret }).turnUrls).toEqual([url]);
  });

  it('are several with commas between them, in small letters', () => {
    const { turnUrls, turnSecret } = read({
      RIVERO_TURN_URLS: 'stun:Example.org, TURN:example.org:3478',
      RIVERO_TURN_SECRET: secret,
    });
    expect([turnUrls, turnSecret]).toEqual([['stun:example.org', 'turn:example.org:3478'], secret]);
  });

  it.each([
    'example.org',
    'turn:',
    'turn://example.org',
    'turn:user@example.org',
    'turn:user:password@example.org',
    'turn:example.org:0',
    'turn:example.org:65536',
    'turn:example.org:3478?transport=sctp',
    'turn:example.org:3478?transport=udp&x=1',
    'turn:a b',
    'turn:2001:db8::1',
    'turn:[2001:db8::1',
    'turn:[fe80::1%eth0]',
    'turn:1.2.3',
    'turn:256.1.1.1',
    'turn:-a.example',
    'stun:example.org?transport=udp',
    'stuns:example.org',
    'https://example.org',
    'turn:example.org,',
    ',',
  ])('are not at %j', (url) => {
    expect(refusal({ RIVERO_TURN_URLS: url, RIVERO_TURN_SECRET: secret })[0]).toBe('config-bad-value');
  });

  it(`are ${iceUrlsMax} at most`, () => {
    const urls = (count: number): string => Array.from({ length: count }, (_, i) => `stun:s${i}.example`).join(',');
    expect(read({ RIVERO_TURN_URLS: urls(iceUrlsMax) }).turnUrls).toHaveLength(iceUrlsMax);
    expect(refusal({ RIVERO_TURN_URLS: urls(iceUrlsMax + 1) })[0]).toBe('config-bad-value');
  });

  it('need their secret, but for STUN servers', () => {
    const [code, message] = refusal({ RIVERO_TURN_URLS: 'stun:a.example,turn:a.example' });
    expect([code, message]).toEqual(['config-conflict', expect.stringContaining('RIVERO_TURN_SECRET')]);
    expect(read({ RIVERO_TURN_URLS: 'stun:a.example' }).turnSecret).toBeUndefined();
  });

  it('leave the ports of our own server to others', () => {
    const ports = { RIVERO_TURN_RELAY_PORTS: '8000-9000', RIVERO_MEDIA_PORT: '3478' };
    expect(refusal(ports)[0]).toBe('config-conflict');
    expect(refusal({ ...ports, RIVERO_TURN_URLS: 'stun:a.example' })[0]).toBe('taken');
  });

  it.each(['short', 'with spaces in the secret', 'x'.repeat(257), 'umlauts-äöü-are-not-ascii'])(
    'have no secret like %j, which is not told back',
    (bad) => {
      const [code, message] = refusal({ RIVERO_TURN_SECRET: bad });
      expect(code).toBe('config-bad-value');
      expect(message).not.toContain(bad);
    },
  );
});
