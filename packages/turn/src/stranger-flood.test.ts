import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serializeStunMessage } from '@rivero/protocol/stun';
import { PeerPolicy, TurnAccounts, turnServerLimits } from '@rivero/protocol/turn-server';
import { afterAll, afterEach, expect, it } from 'vitest';
import { AskingClient, channelNumber, peerAddress } from './test/asking-client.ts';
import { TurnService } from './turn-service.ts';
import { openDatagramSockets } from '@rivero/datapath';

const host = '127.0.0.1';
const user = { username: 'ann', password: 'a password' };
const channel = 0x4000;
const closings: (() => Promise<void> | void)[] = [];

const sockets = openDatagramSockets('auto');
afterAll(() => sockets.close());

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function opened(): Promise<TurnService> {
  const service = new TurnService({
    sockets,
    accounts: new TurnAccounts({ realm: 'example.org', users: [user], secrets: ['shared'] }),
    policy: new PeerPolicy({ allow: ['127.0.0.0/8'], own: [], ownPorts: [] }),
    limits: turnServerLimits,
    addresses: [host],
    port: 0,
    relayAddresses: { 4: { ip: host } },
    relayPorts: { first: 20_000, last: 29_999 },
    onEvent: () => {},
    onSkipped: ({ ip }) => expect.unreachable(`${ip} is free`),
    onBug: (error) => {
      throw error;
    },
  });
  await service.open();
  closings.push(() => service.close());
  return service;
}

async function boundTo(ip: string): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, ip);
  closings.push(() => void socket.close());
  await once(socket, 'listening');
  return socket;
}

/** A client that relays to a peer that sends everything back. */
async function relaying(port: number): Promise<AskingClient> {
  const peer = await boundTo(host);
  peer.on('message', (bytes, remote) => peer.send(bytes, remote.port, remote.address));
  const client = await AskingClient.open(port, user, 4);
  closings.push(() => client.close());
  const code = await client.ask('channel-bind', (id) => [
    channelNumber(channel),
    peerAddress(host, peer.address().port, id),
  ]);
  expect(code).toBe(0);
  return client;
}

/** What strangers send. */
function floodOf(round: number): readonly Uint8Array[] {
  const transactionId = new Uint8Array(12).fill(round);
  const allocate = serializeStunMessage({ method: 'allocate', class: 'request', transactionId, attributes: [] });
  const binding = serializeStunMessage({ method: 'binding', class: 'request', transactionId, attributes: [] });
  return [allocate, binding, Uint8Array.of(0x40, 0, 0, 20, ...allocate), new Uint8Array(1_000).fill(round)];
}

/** After everything that can go has gone. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it(
  'relays every packet through a flood from many addresses, and keeps nothing of it',
  { timeout: 30_000 },
  async () => {
    const service = await opened();
    const port = service.ports.plain ?? 0;
    const client = await relaying(port);
    const strangers: Socket[] = [];
    for (let i = 0; i < 200; i++) strangers.push(await boundTo(`127.${1 + (i % 5)}.${i >> 4}.${1 + i}`));
    const flood = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        const datagrams = floodOf(round);
        // As many as the smallest of the system's buffers takes; behind them the packet, so that all have been read with it.
        for (let i = 0; i < 40; i++) {
          strangers[(round * 40 + i) % strangers.length].send(datagrams[i % 4], port, host);
        }
        const packet = Uint8Array.of(1, 2, round >> 8, round & 0xff);
        expect(await client.echo(channel, packet, 5_000), `round ${round}`).toEqual(packet);
      }
    };
    await flood(100);
    // Code that is compiled meanwhile takes memory once; what is kept of each packet would take it each time.
    const grown: number[] = [];
    for (let look = 0; look < 3; look++) {
      const before = memory();
      await flood(200);
      grown.push(memory() - before);
    }
    expect(Math.min(...grown)).toBeLessThan(400 * 1024);
    const { allocations, counted } = service.statistics();
    expect(allocations).toEqual({ udp: 1, tcp: 0, tls: 0 });
    expect(counted.challenged + counted['challenge-limited']).toBeGreaterThanOrEqual(7_000);
    expect(counted['packets-from-peers']).toBe(700);
    expect(await client.ask('refresh', () => [])).toBe(0);
  },
);
