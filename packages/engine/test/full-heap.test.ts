import type * as WorkerThreads from 'node:worker_threads';
import { LoadPeers, LoadRoom } from '@rivero/testkit';
import { expect, it, vi } from 'vitest';
import { startEngine } from '../src/index.ts';

/** A worker is up in 17 MB. */
const heapMegabytes = 24;
const atOnce = 100;
const given = vi.hoisted((): (WorkerThreads.WorkerOptions['resourceLimits'] | undefined)[] => []);

/** Workers have the heap of this test. */
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof WorkerThreads>();
  function Worker(url: URL, options: WorkerThreads.WorkerOptions) {
    given.push(options.resourceLimits);
    const resourceLimits = { ...options.resourceLimits, maxOldGenerationSizeMb: heapMegabytes };
    return new original.Worker(url, { ...options, resourceLimits });
  }
  return { ...original, Worker };
});

it('ends and replaces a media worker that runs out of its heap, and tells its rooms as lost; the other’s media goes on', async () => {
  const error = vi.fn();
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error };
  const engine = await startEngine({
    workers: 2,
    mediaPort: 0,
    udp: true,
    tcp: false,
    placement: { roomSessionsMax: Infinity, loadMax: Infinity },
    log,
  });
  expect(given.map((limits) => limits?.maxOldGenerationSizeMb)).toEqual([1_024, 1_024]);
  const peers = new LoadPeers();
  const lost: string[] = [];
  engine.onEvent((event) => event.type === 'rooms-lost' && lost.push(...event.roomIds));
  await engine.openRoom('full');
  const kept = await LoadRoom.open(engine, peers, 'kept');
  const publisher = await kept.publish();
  await kept.subscribe();
  const flow = setInterval(() => {
    peers.publish(publisher, 1_000, 0);
    peers.flush();
  }, 2);
  const options = {
    type: 'webrtc',
    trackIds: { audio: 'a', video: 'v' },
    direction: 'sendrecv',
    certificate: 'ecdsa',
  } as const;
  const fill = async (from: number): Promise<void> => {
    const ids = Array.from({ length: atOnce }, (_, i) => `endpoint-${from + i}`);
    const filled = ids.map(async (id) => {
      await engine.openEndpoint('full', id, options);
      await engine.createOffer('full', id, { audio: 'sendrecv', video: 'sendrecv' });
    });
    await Promise.all(filled);
  };
  const filling = (async () => {
    for (let count = 0; ; count += atOnce) await fill(count);
  })();
  await expect(filling).rejects.toMatchObject({ code: 'room-lost' });
  const before = peers.receivedCount;
  await expect.poll(() => lost).toEqual(['full']);
  expect(error.mock.calls).toEqual([[expect.stringMatching(/^Media worker 0 ended, its 1 rooms are lost: .*memory/)]]);
  await engine.openRoom('full');
  await expect.poll(() => peers.receivedCount - before).toBeGreaterThan(100);
  expect(lost).toEqual(['full']);
  clearInterval(flow);
  await engine.stop();
  await peers.close();
});
