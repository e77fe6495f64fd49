import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { milliseconds, monotonicMs, wallClockMs } from '@rivero/core';
import { type EngineEvent, type RunningEngine, startEngine } from '../src/index.ts';
import { generateCertificate } from '@rivero/protocol/dtls';
import { HeadlessPeer, plainEndpointSettings, SeededRandom } from '@rivero/testkit';
import { Driver, monotonicNow } from '@rivero/transport';
import { afterEach, expect, it } from 'vitest';

const loopbackIp = '127.0.0.1';
const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const bothKinds = { audio: 'sendrecv', video: 'sendrecv' } as const;
/** Of loopback, so that the peers' sockets reach them. */
const loopbackNames = Object.entries(networkInterfaces())
  .filter(([, list]) => list?.some(({ address }) => address === loopbackIp) === true)
  .map(([name]) => name);

const random = new SeededRandom(7);
const certificate = generateCertificate({ type: 'ecdsa', random: random.bytes, now: wallClockMs(Date.now()) });
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function openEngine(): Promise<RunningEngine> {
  const engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: true, log: noLog });
  closers.push(() => engine.stop());
  await engine.openRoom('room');
  return engine;
}

/** A headless peer on a socket and the clock. */
class RealPeer {
  readonly peer: HeadlessPeer;
  readonly #driver: Driver;

  constructor(socket: Socket) {
    this.peer = new HeadlessPeer({
      random,
      certificate,
      address: { ip: loopbackIp, port: socket.address().port },
      hasSound: true,
      isBothWays: true,
      send: (bytes, _, to) => {
        if (to.ip === loopbackIp) socket.send(bytes, to.port, to.ip);
      },
    });
    this.#driver = new Driver(this.peer);
    socket.on('message', (bytes, { port }) => {
      this.peer.handleDatagram(new Uint8Array(bytes), { ip: loopbackIp, port }, monotonicNow());
      this.#driver.arm();
    });
    closers.push(() => {
      this.#driver.stop();
      socket.close();
    });
  }

  handleAnswer(answer: string): void {
    this.peer.handleAnswer(answer, monotonicNow());
    this.#driver.arm();
  }

  /** Whole frames that came, each of which could be shown. */
  get shown(): number {
    const judges = [...this.peer.received.values()].map(({ judge }) => judge);
    const verdicts = judges.map((judge) => judge.verdict(monotonicMs(0), monotonicNow(), milliseconds(500)));
    return Math.max(0, ...verdicts.map(({ shown }) => shown));
  }
}

async function openPeer(): Promise<RealPeer> {
  const socket = createSocket('udp4');
  socket.bind(0, loopbackIp);
  await once(socket, 'listening');
  return new RealPeer(socket);
}

async function openEndpoint(engine: RunningEngine, endpointId: string): Promise<void> {
  const trackIds = { audio: `${endpointId}/audio`, video: `${endpointId}/video` };
  const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'rsa' } as const;
  await engine.openEndpoint('room', endpointId, options);
  const settings = { ...plainEndpointSettings, networkInterfaces: loopbackNames };
  await engine.configureEndpoint('room', endpointId, settings);
}

/** An endpoint with a peer that offers. */
async function join(engine: RunningEngine, endpointId: string): Promise<RealPeer> {
  const real = await openPeer();
  await openEndpoint(engine, endpointId);
  await engine.gatherCandidates('room', endpointId);
  real.handleAnswer(await engine.answerOffer('room', endpointId, real.peer.createOffer(0)));
  return real;
}

it('endpoints carry media from one to the other in the same worker, by candidates that trickle', async () => {
  const engine = await openEngine();
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  await join(engine, 'ann');
  const bob = await join(engine, 'bob');
  for (const id of ['x', 'y']) await openEndpoint(engine, id);
  const answer = await engine.answerOffer('room', 'y', await engine.createOffer('room', 'x', bothKinds));
  await engine.applyAnswer('room', 'x', answer);
  for (const [from, to] of [
    ['x', 'y'],
    ['y', 'x'],
  ]) {
    for (const { candidate } of await engine.gatherCandidates('room', from)) {
      await engine.addRemoteCandidate('room', to, candidate);
    }
  }
  await engine.setSource('room', 'x', 'video', 'ann/video');
  await engine.setSource('room', 'bob', 'video', 'y/video');
  await expect.poll(() => bob.shown, { timeout: 10_000, interval: 20 }).toBeGreaterThan(10);
  const flowing = events.filter((event) => event.type === 'track-flow' && event.isFlowing);
  expect(flowing).toContainEqual({ type: 'track-flow', roomId: 'room', trackId: 'y/video', isFlowing: true });
  const { transport, sent } = await engine.endpointStatistics('room', 'x');
  expect(transport).toMatchObject({ iceState: 'ready', dtlsState: 'connected' });
  expect(transport.remoteCertificate).toEqual(transport.localCertificate);
  expect(sent[1]).toMatchObject({ trackId: 'ann/video', codec: 'VP8' });
  for (const id of ['ann', 'bob', 'x', 'y']) await engine.closeEndpoint('room', id);
  const [{ sizes }] = await engine.workerStatistics();
  expect(sizes).toMatchObject({ rooms: 1, sessions: 0, streams: 0 });
});
