import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeEngine, startFakeEngine } from './test/fake-engine.ts';
import { FakeWorker } from './test/fake-worker.ts';

vi.mock('./media-worker.ts', async () => {
  const fake = await import('./test/fake-worker.ts');
  return { MediaWorker: fake.FakeWorker };
});

let engine: FakeEngine['engine'];
let events: FakeEngine['events'];
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  ({ engine, events } = await startFakeEngine({ workers: 1, log }));
});

afterEach(async () => {
  await engine.stop();
  vi.useRealTimers();
});

describe('who speaks', () => {
  it('is told of rooms that are open, and not of one that was closed or is just being opened again', async () => {
    const [{ handlers }] = FakeWorker.all;
    await engine.openRoom('a');
    handlers.onSpeakers('a', ['one', 'two']);
    expect(events).toEqual([{ type: 'speakers', roomId: 'a', trackIds: ['one', 'two'] }]);
    await engine.closeRoom('a');
    handlers.onSpeakers('a', []);
    const opening = engine.openRoom('a');
    handlers.onSpeakers('a', ['one']);
    await opening;
    expect(events).toHaveLength(1);
  });
});

describe('a room that a bug ended in its worker', () => {
  it('is told as lost and can be opened anew; the others and the worker go on', async () => {
    await engine.openRoom('a');
    await engine.openRoom('b');
    FakeWorker.all[0].handlers.onRoomLost('a');
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: ['a'] }]);
    expect(engine.isHealthy()).toBe(true);
    await expect(engine.statistics('a')).rejects.toMatchObject({ code: 'room-unknown' });
    await engine.openRoom('a');
    await expect(engine.openRoom('b')).rejects.toMatchObject({ code: 'room-exists' });
  });

  it('is nobody’s news when it was closed meanwhile, or is just being opened again', async () => {
    const [worker] = FakeWorker.all;
    await engine.openRoom('a');
    await engine.closeRoom('a');
    worker.handlers.onRoomLost('a');
    const opening = engine.openRoom('a');
    worker.handlers.onRoomLost('a');
    await opening;
    expect(events).toEqual([]);
    await engine.statistics('a');
    worker.handlers.onRoomLost('a');
    expect(events).toHaveLength(1);
  });

  it('does not come back when it could not be opened', async () => {
    FakeWorker.all[0].answer = () => Promise.reject(new CodedError('worker-full', 'Full.'));
    await expect(engine.openRoom('a')).rejects.toMatchObject({ code: 'worker-full' });
    FakeWorker.all[0].handlers.onRoomLost('a');
    expect(events).toEqual([]);
  });
});

describe('a room', () => {
  it('that was closed and opened again while it was opened is not forgotten when the first opening fails', async () => {
    const [worker] = FakeWorker.all;
    let fail = (): void => {};
    worker.answer = () =>
      new Promise((_, reject) => {
        fail = () => reject(new CodedError('worker-full', 'Full.'));
      });
    const first = engine.openRoom('a');
    worker.answer = () => Promise.resolve(null);
    await engine.closeRoom('a');
    const second = engine.openRoom('a');
    fail();
    await expect(first).rejects.toMatchObject({ code: 'worker-full' });
    await second;
    await engine.statistics('a');
    worker.handlers.onRoomLost('a');
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: ['a'] }]);
  });
});

describe('a media worker that dies', () => {
  const starts = (): number => FakeWorker.all.length;
  const die = (): void => FakeWorker.all.at(-1)?.handlers.onDeath('the test says so');
  const turn = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('is looked at regularly while it lives, so that one that hangs dies too', async () => {
    await turn(60_000);
    expect(FakeWorker.all[0].lookCount).toBe(12);
    await engine.stop();
    await turn(60_000);
    expect(FakeWorker.all[0].lookCount).toBe(12);
  });

  it('is replaced at once', async () => {
    die();
    expect(engine.isHealthy()).toBe(false);
    await turn(0);
    expect(engine.isHealthy()).toBe(true);
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: [] }]);
  });

  it('in the turn in which it told that it is up is replaced, too', async () => {
    die();
    die();
    await turn(100);
    expect(starts()).toBe(3);
    expect(engine.isHealthy()).toBe(true);
    await engine.openRoom('a');
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: [] }]);
  });

  it('again and again after its start is replaced after 100, 200 … 5,000 ms', async () => {
    die();
    await turn(0);
    for (const wait of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const before = starts();
      await turn(1_000);
      die();
      await turn(wait - 1);
      expect(starts()).toBe(before);
      await turn(1);
      expect(starts()).toBe(before + 1);
    }
  });

  it('and does not start again is tried as seldom', async () => {
    FakeWorker.failure = new Error('no port');
    die();
    const startedAt: number[] = [];
    for (let ms = 0; ms < 1_000; ms += 50) {
      if (starts() > startedAt.length + 1) startedAt.push(ms);
      await turn(50);
    }
    expect(startedAt).toEqual([0, 100, 300, 700]);
    FakeWorker.failure = undefined;
    await turn(5_000);
    expect(engine.isHealthy()).toBe(true);
  });

  it('is replaced at once again when it was up for a minute', async () => {
    die();
    await turn(59_999);
    const before = starts();
    die();
    await turn(0);
    expect(starts()).toBe(before);
    await turn(100);
    expect(starts()).toBe(before + 1);
    await turn(60_000);
    die();
    await turn(0);
    expect(starts()).toBe(before + 2);
  });

  it('on request is replaced at once each time, as it did not die of its start', async () => {
    for (let round = 0; round < 5; round++) {
      await engine.replaceWorker(0);
      await turn(0);
      expect(starts()).toBe(round + 2);
    }
    expect(events).toHaveLength(5);
    expect(log.error).not.toHaveBeenCalled();
  });

  it('late, when another one has its place already, changes nothing', async () => {
    const [first] = FakeWorker.all;
    die();
    await turn(0);
    await engine.openRoom('a');
    first.handlers.onDeath('once more');
    await turn(0);
    expect(starts()).toBe(2);
    expect(engine.isHealthy()).toBe(true);
    await engine.statistics('a');
  });

  it('is not replaced when the engine stops meanwhile', async () => {
    die();
    await turn(0);
    die();
    await engine.stop();
    await turn(10_000);
    expect(starts()).toBe(2);
  });
});

describe('what a media worker dropped', () => {
  const sizes = { rooms: 0, sessions: 0, paths: 0, streams: 0, freeSlots: 1, heapBytes: 1 };
  const drop = (count: number): void => {
    const [worker] = FakeWorker.all.slice(-1);
    worker.answer = () => Promise.resolve({ counters: { 'datapath/receive-pool-empty': count }, sizes });
  };
  const minute = (): Promise<unknown> => vi.advanceTimersByTimeAsync(60_000);

  it('is logged for debugging every minute in which there was anything, from the start of each worker on', async () => {
    await minute();
    expect(log.debug).not.toHaveBeenCalled();
    drop(3);
    await minute();
    await minute();
    expect(log.debug.mock.calls).toEqual([['Media worker 0 dropped: datapath/receive-pool-empty 3']]);
    FakeWorker.all[0].handlers.onDeath('the test says so');
    drop(2);
    await minute();
    expect(log.debug.mock.calls.slice(1)).toEqual([['Media worker 0 dropped: datapath/receive-pool-empty 2']]);
  });

  it('is no news of a worker that ends while it is asked', async () => {
    FakeWorker.all[0].answer = () => Promise.reject(new CodedError('room-lost', 'It ended.'));
    await minute();
    expect(log.debug).not.toHaveBeenCalled();
    await expect(engine.workerStatistics()).resolves.toEqual([]);
  });
});
