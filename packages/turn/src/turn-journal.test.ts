import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { wallClockMs } from '@rivero/core';
import { timeLimitedUser } from '@rivero/protocol/turn-server';
import { type Log, type LogLevel, openLogs } from '@rivero/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTurn, type Turn } from './start-turn.ts';
import { AskingClient, type AskingUser, channelNumber, peerAddress } from './test/asking-client.ts';
import { turnOptions } from './test/turn-options.ts';

const ann = { username: 'ann', password: 'the password of ann' };
const secret = 'a secret that others know';
const wrong = { username: 'ann', password: 'a wrong guess' };
const channel = 0x4000;
const packet = Buffer.from('a packet of 23 bytes...');
const closings: (() => Promise<void> | void)[] = [];
const logged: string[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
  logged.length = 0;
});

function logAt(level: LogLevel): Log {
  return openLogs({
    levels: { standard: level, modules: {} },
    output: { write: (text) => logged.push(text) },
    format: 'json',
  }).module('turn');
}

async function started(level: LogLevel): Promise<Turn> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  closings.push(() => void vi.useRealTimers());
  const turn = await startTurn({
    ...turnOptions,
    log: logAt(level),
    users: [ann],
    secrets: [secret],
    allowedPeers: ['127.0.0.0/8'],
    allocationsPerUserMax: 1,
  });
  closings.push(() => turn.stop());
  return turn;
}

async function connected(turn: Turn, user: AskingUser): Promise<AskingClient> {
  const client = await AskingClient.connect(turn.port ?? 0, user);
  closings.push(() => client.close());
  return client;
}

function bob(lifetimeMs: number): AskingUser {
  return timeLimitedUser(secret, 'bob', wallClockMs(Date.now() + lifetimeMs));
}

function bind(client: AskingClient, ip: string, port: number): Promise<number> {
  return client.ask('channel-bind', (id) => [channelNumber(channel), peerAddress(ip, port, id)]);
}

/** Sends a packet to a peer that sends it back. */
async function relay(turn: Turn, client: AskingClient): Promise<number> {
  const peer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  closings.push(() => void peer.close());
  peer.once('message', (bytes, { port, address }) => peer.send(bytes, port, address));
  expect(await bind(client, '127.0.0.1', peer.address().port)).toBe(0);
  client.send(Buffer.concat([Uint8Array.of(channel >> 8, channel & 0xff, 0, packet.length), packet]));
  await expect.poll(() => turn.statistics().counted['bytes-from-peers']).toBe(packet.length);
  return peer.address().port;
}

/** What the program said, but for where and when. */
function lines(): readonly object[] {
  return logged.map((text) => {
    const { time, module, ...line } = JSON.parse(text);
    expect(module).toBe('turn');
    expect(new Date(time).toISOString()).toBe(time);
    return line;
  });
}

/** A long-term user and one with a time-limited name are relayed, and refused what they may not; others are refused all. */
async function everything(turn: Turn, limited = bob(60_000), late = bob(-60_000)): Promise<readonly AskingClient[]> {
  const clients = await Promise.all([ann, limited, wrong, late].map((user) => connected(turn, user)));
  const codes: number[] = [];
  for (const client of clients) codes.push(await client.allocate(4));
  expect(codes).toEqual([0, 0, 401, 401]);
  await relay(turn, clients[0]);
  expect(await bind(clients[1], '10.0.0.1', 80)).toBe(403);
  return clients;
}

describe('the log', () => {
  it('tells in one line a minute what happened in it, and in none when nothing did', async () => {
    const turn = await started('info');
    vi.advanceTimersByTime(60_000);
    expect(lines()).toEqual([]);
    const [client] = await everything(turn);
    vi.advanceTimersByTime(60_000);
    const first = {
      level: 'info',
      msg: 'relayed since the last time',
      allocations: 2,
      allocated: 2,
      relayedBytes: 2 * packet.length,
      refusedPeers: 1,
      authenticationFailures: 2,
    };
    expect(lines()).toEqual([first]);
    vi.advanceTimersByTime(60_000);
    expect(lines()).toHaveLength(1);
    expect(await bind(client, '192.168.1.1', 80)).toBe(403);
    vi.advanceTimersByTime(60_000);
    const second = { ...first, allocated: 0, relayedBytes: 0, refusedPeers: 1, authenticationFailures: 0 };
    expect(lines()).toEqual([first, second]);
  });

  it('tells at the end what happened since the last minute', async () => {
    const turn = await started('info');
    await everything(turn);
    await turn.stop();
    expect(lines()).toMatchObject([{ allocated: 2, refusedPeers: 1, authenticationFailures: 2 }]);
  });

  it('with debug tells each allocation, its end, and each refusal', async () => {
    const turn = await started('debug');
    const [annas] = await everything(turn);
    expect(await (await connected(turn, ann)).allocate(4)).toBe(486);
    expect(await annas.ask('refresh', () => [{ type: 0x0d, value: new Uint8Array(4) }])).toBe(0);
    const client = expect.stringMatching(/^udp 127\.0\.0\.1:\d+$/);
    const stranger = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
    const relayed = [expect.stringMatching(/^127\.0\.0\.1:6\d{4}$/)];
    const level = 'debug';
    const bytes = { bytesFromClient: packet.length, bytesFromPeers: packet.length };
    expect(lines()).toEqual([
      { level, msg: 'allocated', user: 'ann', client, relayed },
      { level, msg: 'allocated', user: 'bob', client, relayed },
      { level, msg: 'authentication-failed', client: stranger },
      { level, msg: 'authentication-failed', client: stranger },
      { level, msg: 'peer-refused', user: 'bob', peer: '10.0.0.1:80', refusal: 'private' },
      { level, msg: 'quota-reached', user: 'ann', code: 486 },
      { level, msg: 'closed', user: 'ann', client, reason: 'released', ...bytes },
    ]);
  });

  it('holds no password, secret, nonce or key, in no form, however much is logged', async () => {
    const turn = await started('trace');
    const limited = [bob(60_000), bob(-60_000)];
    const clients = await everything(turn, ...limited);
    const names = limited.flatMap(({ username, password }) => [username, password]);
    const texts = [ann.password, wrong.password, secret, ...names].map((text) => Buffer.from(text));
    const keys = clients.flatMap(({ secrets }) => [secrets.nonce, secrets.key]);
    vi.advanceTimersByTime(60_000);
    await turn.stop();
    const text = logged.join('');
    expect(text).toContain('"msg":"allocated"');
    expect(text).toContain('"msg":"closed"');
    expect(texts.length + keys.length).toBe(15);
    for (const bytes of [...texts, ...keys]) for (const form of forms(bytes)) expect(text).not.toContain(form);
  });

  it('would be seen to hold them', () => {
    const key = Uint8Array.from({ length: 16 }, (_, index) => index * 16);
    const buffer = Buffer.from(key);
    for (const leak of [key, buffer, [...key], buffer.toString('hex'), buffer.toString('base64'), buffer.toString()]) {
      logged.length = 0;
      logAt('trace').info({ leak });
      expect(forms(key).some((form) => logged.join('').includes(form))).toBe(true);
    }
  });
});

/** How bytes may stand in a log. */
function forms(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const quoted = JSON.stringify(buffer.toString()).slice(1, -1);
  const encoded = (['hex', 'base64', 'base64url'] as const).map((encoding) => buffer.toString(encoding));
  return [quoted, ...encoded, encoded[0].toUpperCase(), bytes.join(','), JSON.stringify(bytes).slice(1, -1)];
}
