import { type EngineEvent, type RunningEngine, startEngine } from '../src/index.ts';
import { plainEndpointSettings } from '@rivero/testkit';
import { afterEach, expect, it } from 'vitest';
import { loopbackNames, RealPeer } from './real-peer.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const bothKinds = { audio: 'sendrecv', video: 'sendrecv' } as const;
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

async function openPeer(): Promise<RealPeer> {
  const real = await RealPeer.open();
  closers.push(() => real.close());
  return real;
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
