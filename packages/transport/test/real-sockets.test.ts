import { randomBytes } from 'node:crypto';
import { assert, wallClockMs } from '@rivero/core';
import { openUdpSockets, TwinDatapath, type UdpSockets } from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import { hostCandidates, type IceCandidate } from '@rivero/protocol/ice';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Driver,
  localAddresses,
  monotonicNow,
  type SelectedPair,
  Transport,
  type TransportSession,
} from '../src/index.ts';
import { describe as describeSession } from './server-pair.ts';

const report = Uint8Array.from([0x80, 201, 0, 1, 0, 0, 0, 9]);
const certificate = generateCertificate({
  type: 'ecdsa',
  random: (length) => new Uint8Array(randomBytes(length)),
  now: wallClockMs(Date.now()),
});

/** A transport on real sockets with a real clock. */
class RealServer {
  readonly datapath = new TwinDatapath({ slotsMax: 64 });
  readonly transport: Transport;
  /** Who sent RTCP, in order. */
  readonly heard: TransportSession[] = [];
  readonly #driver: Driver;
  #sockets: UdpSockets | undefined;

  constructor() {
    this.transport = new Transport({
      datapath: this.datapath,
      certificate,
      random: (length) => new Uint8Array(randomBytes(length)),
      handlers: { onRtp: () => {}, onRtcp: (session) => this.heard.push(session) },
    });
    this.#driver = new Driver(this.transport);
    this.datapath.onBatch((batch) => {
      this.transport.handleBatch(batch, monotonicNow());
      this.#driver.arm();
    });
  }

  /** Answers the candidates of its sockets. */
  async open(addresses: readonly string[]) {
    this.#sockets = await openUdpSockets(this.datapath, addresses, 0);
    const [{ local }] = this.#sockets.ports;
    return hostCandidates({ addresses, externalAddresses: [], udpPort: local.port });
  }

  run(session: TransportSession, action: () => void): void {
    this.transport.run(session, action);
    this.#driver.arm();
  }

  say(session: TransportSession): void {
    assert(session.handle !== undefined, 'the session has keys');
    this.datapath.sendRtcp(session.handle, report);
  }

  async close(): Promise<void> {
    this.#driver.stop();
    await this.#sockets?.close();
  }
}

const servers: RealServer[] = [];

function openServer(): RealServer {
  const server = new RealServer();
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Two sessions that have heard of each other: the one of `to` is lite. */
async function join(from: RealServer, to: RealServer, candidates: readonly IceCandidate[]): Promise<SelectedPair> {
  const [lite, controlling] = [to.transport.openSession(), from.transport.openSession()];
  to.run(lite, () => lite.setRemote({ ...describeSession(controlling), dtlsRole: 'client' }, monotonicNow()));
  from.run(controlling, () => {
    controlling.setRemote({ ...describeSession(lite), dtlsRole: 'server', iceRole: 'controlling' }, monotonicNow());
    for (const candidate of candidates) controlling.addRemoteCandidate(candidate, monotonicNow());
  });
  await expect.poll(() => [lite.state, controlling.state], { interval: 5 }).toEqual(['connected', 'connected']);
  to.say(lite);
  from.say(controlling);
  const areHeard = (): boolean => to.heard.includes(lite) && from.heard.includes(controlling);
  await expect.poll(areHeard, { interval: 5 }).toBe(true);
  const pair = controlling.selectedPair();
  assert(pair !== undefined, 'a connected session has a pair');
  return pair;
}

const ipv4 = localAddresses().filter((ip) => !ip.includes(':'));

describe('over real sockets', () => {
  it.each(['127.0.0.1', '::1'].filter((ip) => localAddresses().includes(ip)))(
    'two transports connect by %s, and SRTCP flows both ways',
    async (ip) => {
      const [from, to] = [openServer(), openServer()];
      const candidates = await to.open([ip]);
      await from.open([ip]);
      const { remote, roundTripTime } = await join(from, to, candidates);
      expect(remote).toEqual({ ip, port: candidates[0].port });
      expect(roundTripTime).toBeLessThan(1_000);
    },
  );

  it('two transports connect by all addresses of this machine', async () => {
    const [from, to] = [openServer(), openServer()];
    await from.open(localAddresses());
    await join(from, to, await to.open(localAddresses()));
  });

  it('any number of sessions connect between the same two sockets: all but the first by sockets of their own', async () => {
    const [from, to] = [openServer(), openServer()];
    await from.open(['127.0.0.1']);
    const candidates = await to.open(['127.0.0.1']);
    const pairs: SelectedPair[] = [];
    for (let i = 0; i < 4; i++) pairs.push(await join(from, to, candidates));
    expect(new Set(pairs.map(({ local }) => local.port)).size).toBe(4);
  });

  it.each([['127.0.0.1'], ipv4])('one transport connects to itself, several times (%s)', async (...addresses) => {
    const server = openServer();
    const candidates = await server.open(addresses);
    for (let i = 0; i < 3; i++) await join(server, server, candidates);
  });
});
