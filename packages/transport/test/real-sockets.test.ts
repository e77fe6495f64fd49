import { randomBytes } from 'node:crypto';
import { assert, wallClockMs } from '@rivero/core';
import { openUdpSockets, TwinDatapath, type UdpSockets } from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import { hostCandidates } from '@rivero/protocol/ice';
import { afterEach, describe, expect, it } from 'vitest';
import { Driver, localAddresses, monotonicNow, Transport, type TransportSession } from '../src/index.ts';
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

async function connect(from: RealServer, to: RealServer, addresses: readonly string[]): Promise<void> {
  const candidates = await to.open(addresses);
  if (from !== to) await from.open(addresses);
  const [lite, controlling] = [to.transport.openSession(), from.transport.openSession()];
  to.run(lite, () => lite.setRemote({ ...describeSession(controlling), dtlsRole: 'client' }, monotonicNow()));
  from.run(controlling, () => {
    controlling.setRemote({ ...describeSession(lite), dtlsRole: 'server', iceRole: 'controlling' }, monotonicNow());
    for (const candidate of candidates) controlling.addRemoteCandidate(candidate, monotonicNow());
  });
  await expect.poll(() => [lite.state, controlling.state], { interval: 5 }).toEqual(['connected', 'connected']);
  to.say(lite);
  from.say(controlling);
  await expect
    .poll(() => [to.heard.includes(lite), from.heard.includes(controlling)], { interval: 5 })
    .toEqual([true, true]);
  expect(controlling.selectedPair()?.roundTripTime).toBeLessThan(1_000);
}

describe('over real sockets', () => {
  it.each(['127.0.0.1', '::1'].filter((ip) => localAddresses().includes(ip)))(
    'two transports connect by %s, and SRTCP flows both ways',
    async (ip) => {
      await connect(openServer(), openServer(), [ip]);
    },
  );

  it('two transports connect by all addresses of this machine', async () => {
    await connect(openServer(), openServer(), localAddresses());
  });

  it.skipIf(localAddresses().filter((ip) => !ip.includes(':')).length < 2)(
    'one transport connects to itself between two addresses of this machine',
    async () => {
      const server = openServer();
      await connect(
        server,
        server,
        localAddresses().filter((ip) => !ip.includes(':')),
      );
    },
  );
});
