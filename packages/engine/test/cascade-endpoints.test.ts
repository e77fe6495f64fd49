import { plainEndpointSettings } from '@rivero/testkit';
import { afterEach, expect, it } from 'vitest';
import { type EngineEvent, type RunningEngine, startEngine } from '../src/index.ts';
import { loopbackNames, RealPeer } from './real-peer.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Each endpoint of the room is in the next worker, as those of a big broadcast are. */
async function openEngine(workers: number): Promise<RunningEngine> {
  const placement = { roomSessionsMax: 1, loadOf: () => 0 };
  const engine = await startEngine({ workers, mediaPort: 0, udp: true, tcp: false, placement, log: noLog });
  closers.push(() => engine.stop());
  await engine.openRoom('room');
  return engine;
}

/** An endpoint with a peer that offers sound and video both ways. */
async function join(engine: RunningEngine, endpointId: string): Promise<RealPeer> {
  const real = await RealPeer.open();
  closers.push(() => real.close());
  const trackIds = { audio: `${endpointId}/audio`, video: `${endpointId}/video` };
  const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
  await engine.openEndpoint('room', endpointId, options);
  const settings = { ...plainEndpointSettings, networkInterfaces: loopbackNames };
  await engine.configureEndpoint('room', endpointId, settings);
  await engine.gatherCandidates('room', endpointId);
  real.handleAnswer(await engine.answerOffer('room', endpointId, real.peer.createOffer(0)));
  return real;
}

async function seesMore(viewer: RealPeer, frames = 10): Promise<void> {
  const { shown } = viewer;
  await expect.poll(() => viewer.shown, { timeout: 15_000, interval: 20 }).toBeGreaterThanOrEqual(shown + frames);
}

async function sent(engine: RunningEngine, endpointId: string): Promise<string | undefined> {
  const statistics = await engine.endpointStatistics('room', endpointId);
  return statistics.sent.find(({ kind }) => kind === 'video')?.trackId;
}

it('endpoints in different workers see whom they are to see: each other, whoever comes later, and nobody who left', async () => {
  const engine = await openEngine(3);
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  const ann = await join(engine, 'ann');
  const bob = await join(engine, 'bob');
  await engine.setSource('room', 'bob', 'video', 'ann/video');
  await engine.setSource('room', 'ann', 'video', 'bob/video');
  await Promise.all([seesMore(bob), seesMore(ann)]);
  await engine.setSource('room', 'bob', 'video', 'eve/video');
  expect(await sent(engine, 'bob')).toBeUndefined();
  const eve = await join(engine, 'eve');
  await engine.setSource('room', 'eve', 'video', 'ann/video');
  await Promise.all([seesMore(bob), seesMore(eve), seesMore(ann)]);
  const sessions = (await engine.workerStatistics()).map(({ sizes }) => sizes.sessions);
  expect(sessions).toEqual([1, 1, 1]);
  await engine.requestKeyframe('room', 'eve/video');
  await engine.closeEndpoint('room', 'ann');
  await expect.poll(() => sent(engine, 'eve')).toBeUndefined();
  await engine.setSource('room', 'eve', 'video', 'bob/video');
  await Promise.all([seesMore(eve), seesMore(bob)]);
  const begun = events.flatMap((event) => (event.type === 'track-flow' && event.isFlowing ? [event.trackId] : []));
  const expected = ['ann', 'bob', 'eve'].flatMap((id) => [`${id}/audio`, `${id}/video`]);
  expect(new Set(begun)).toEqual(new Set(expected));
  expect(begun).toHaveLength(expected.length);
  for (const id of ['bob', 'eve']) await engine.closeEndpoint('room', id);
  for (const { sizes } of await engine.workerStatistics()) expect(sizes).toMatchObject({ sessions: 0, streams: 0 });
});
