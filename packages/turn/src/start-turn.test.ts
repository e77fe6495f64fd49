import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { wallClockMs } from '@rivero/core';
import { timeLimitedUser } from '@rivero/protocol/turn-server';
import { type Log, openLogs } from '@rivero/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTurn, type Turn, type TurnOptions } from './start-turn.ts';
import { AskingClient, channelNumber, peerAddress } from './test/asking-client.ts';
import { certificate, makeCertificate } from './test/certificate.ts';
import { turnOptions } from './test/turn-options.ts';

const ann = { username: 'ann', password: 'a password' };
const secret = 'a secret that others know';
const closings: (() => Promise<void> | void)[] = [];
const logged: string[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
  logged.length = 0;
});

function log(): Log {
  return openLogs({
    levels: { standard: 'trace', modules: {} },
    output: { write: (text) => logged.push(text) },
    format: 'json',
  }).module('turn');
}

async function started(options: Partial<TurnOptions> = {}): Promise<Turn> {
  const turn = await startTurn({
    ...turnOptions,
    log: log(),
    users: [ann],
    secrets: [secret],
    ...options,
  });
  closings.push(() => turn.stop());
  return turn;
}

async function asking(turn: Turn, family: 4 | 6, user = ann): Promise<AskingClient> {
  const client = await AskingClient.open(turn.port ?? 0, user, family);
  closings.push(() => client.close());
  return client;
}

function bind(client: AskingClient, ip: string, port: number): Promise<number> {
  return client.ask('channel-bind', (id) => [channelNumber(0x4000), peerAddress(ip, port, id)]);
}

describe('a relay does not lead to', () => {
  it.each([
    ['loopback', '127.0.0.2'],
    ['this machine, where no relay and no media is', '127.0.0.1'],
    ['this network', '0.0.0.0'],
    ['a private network', '10.0.0.1'],
    ['another private network', '172.16.0.1'],
    ['the private network of homes', '192.168.1.1'],
    ['link-local addresses, such as those of cloud metadata', '169.254.169.254'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['documentation', '198.51.100.1'],
    ['reserved addresses', '240.0.0.1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped private addresses', '::ffff:10.0.0.1'],
    ['IPv4-mapped cloud metadata', '::ffff:169.254.169.254'],
  ])('%s: %s is 403', async (_, ip) => {
    const client = await asking(await started(), 4);
    expect(await bind(client, ip, 8080)).toBe(403);
  });

  it.each([
    ['the unspecified address', '::'],
    ['loopback', '::1'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['private addresses behind NAT64', '64:ff9b::10.0.0.1'],
    ['private addresses behind local NAT64', '64:ff9b:1::10.0.0.1'],
    ['private addresses behind 6to4', '2002:a00:1::1'],
    ['link-local addresses', 'fe80::1'],
    ['unique local addresses', 'fd12:3456::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
  ])('%s: %s is 403', async (_, ip) => {
    const client = await asking(await started(), 6);
    expect(await bind(client, ip, 8080)).toBe(403);
  });

  it('any of these unless it is allowed', async () => {
    const client = await asking(await started({ allowedPeers: ['10.0.0.0/8'] }), 4);
    expect(await bind(client, '10.0.0.1', 8080)).toBe(0);
  });
});

it.each([
  ['RIVERO_TURN_HOST', { host: '198.51.100.1' }],
  ['RIVERO_TURN_RELAY_ADDRESS', { relayAddresses: ['127.0.0.1', '2001:db8::1'] }],
])('says so where %s is no address of this machine, and opens nothing', async (setting, options) => {
  const message = expect.stringContaining(`is no address of this machine; set ${setting} to one that is`);
  await expect(started(options)).rejects.toThrowError(expect.objectContaining({ code: 'host-unknown', message }));
});

it('shows a new certificate when it has changed, and keeps the old one while none can be read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  closings.push(() => void vi.useRealTimers());
  const other = makeCertificate();
  const answers = [
    () => certificate,
    () => Promise.reject(new Error('away')),
    // Half written.
    () => ({ cert: other.cert, key: certificate.key }),
    () => other,
  ];
  let asked = 0;
  const turn = await started({ certificate: async () => (answers[asked++] ?? (() => other))() });
  expect(await shownBy(turn)).toBe(fingerprintOf(certificate.cert));
  for (let minute = 1; minute <= 2; minute++) {
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => logged.join('').split('the old one stays').length - 1).toBe(minute);
    expect(await shownBy(turn)).toBe(fingerprintOf(certificate.cert));
  }
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => shownBy(turn)).toBe(fingerprintOf(other.cert));
});

it('takes who has a name that the secret signed, until its time is over', async () => {
  const turn = await started();
  const now = Date.now();
  await asking(turn, 4, timeLimitedUser(secret, 'bob', wallClockMs(now + 60_000)));
  await expect(asking(turn, 4, timeLimitedUser(secret, 'bob', wallClockMs(now - 60_000)))).rejects.toThrow('401');
});

function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}

async function shownBy(turn: Turn): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: turn.tlsPort ?? 0, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
