import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeEngine, startFakeEngine } from './test/fake-engine.ts';
import { FakeWorker } from './test/fake-worker.ts';

vi.mock('./media-worker.ts', async () => {
  const fake = await import('./test/fake-worker.ts');
  return { MediaWorker: fake.FakeWorker };
});

let engine: FakeEngine['engine'];
/** Of each worker, as it is measured. */
let loads: readonly number[];

beforeEach(async () => {
  vi.useFakeTimers();
  loads = [0, 0, 0];
  const placement = { roomSessionsMax: 2, loadOf: (index: number) => loads[index] };
  ({ engine } = await startFakeEngine({ workers: 3, placement }));
});

afterEach(async () => {
  await engine.stop();
  vi.useRealTimers();
});

/** Of what each worker was asked for since the last time, what is about links. */
function links(): readonly (readonly string[])[] {
  return FakeWorker.all.map(({ calls }) => calls.splice(0).filter((call) => call.endsWith('Link')));
}

/** One in two workers. */
async function openBig(roomId: string): Promise<void> {
  await engine.openRoom(roomId);
  for (const peer of ['1', '2', '3']) await engine.openPeer(roomId, peer);
}

describe('a link of two workers', () => {
  it('is closed with the last room that has branches in both, and opened again for the next one', async () => {
    loads = [0, 0, 0.5];
    await vi.advanceTimersByTimeAsync(2_000);
    await openBig('a');
    await openBig('b');
    expect(links()).toEqual([['openLink'], ['openLink'], []]);
    await engine.closeRoom('a');
    expect(links()).toEqual([[], [], []]);
    await engine.closeRoom('b');
    expect(links()).toEqual([['closeLink'], ['closeLink'], []]);
    await openBig('c');
    expect(links()).toEqual([['openLink'], ['openLink'], []]);
  });

  it('is closed only when both have closed the room', async () => {
    await openBig('a');
    links();
    const closed = Promise.withResolvers<null>();
    FakeWorker.all[1].answer = (method) => (method === 'closeRoom' ? closed.promise : Promise.resolve(null));
    const closing = engine.closeRoom('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(links()).toEqual([[], [], []]);
    closed.resolve(null);
    await closing;
    expect(links()).toEqual([['closeLink'], ['closeLink'], []]);
  });

  it('to a worker that died is closed in the other one, and not the one to the next worker in its place', async () => {
    loads = [0, 0, 0.5];
    await vi.advanceTimersByTimeAsync(2_000);
    const call = vi.spyOn(FakeWorker.all[0], 'call');
    await openBig('a');
    const closed = Promise.withResolvers<null>();
    FakeWorker.all[0].answer = (method) => (method === 'closeRoom' ? closed.promise : Promise.resolve(null));
    FakeWorker.all[1].handlers.onDeath('the test says so');
    await vi.advanceTimersByTimeAsync(0);
    await openBig('a');
    closed.resolve(null);
    await vi.advanceTimersByTimeAsync(0);
    const told = call.mock.calls.filter(([method]) => method.endsWith('Link'));
    expect(told.map(([method]) => method)).toEqual(['openLink', 'openLink', 'closeLink']);
    const [first, second, closedLink] = told.map(([, request]) => request);
    expect(closedLink).toEqual({ number: expect.any(Number) });
    expect(first).toMatchObject({ ...closedLink });
    expect(second).not.toMatchObject({ ...closedLink });
  });

  it('that a worker refused is opened anew for the next room', async () => {
    loads = [0, 0, 0.5];
    await vi.advanceTimersByTimeAsync(2_000);
    FakeWorker.all[1].answer = (method) =>
      method === 'openLink' || method === 'addBranch'
        ? Promise.reject(new CodedError('worker-busy', 'Busy.'))
        : Promise.resolve(null);
    await expect(openBig('a')).rejects.toMatchObject({ code: 'worker-busy' });
    FakeWorker.all[1].answer = () => Promise.resolve(null);
    links();
    await engine.openPeer('a', '3');
    expect(links()).toEqual([['openLink'], ['openLink'], []]);
  });
});
