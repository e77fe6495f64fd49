import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from './contract.ts';
import { type RunningEngine, startEngine } from './engine.ts';
import { FakeWorker } from './test/fake-worker.ts';

vi.mock('./media-worker.ts', async () => {
  const fake = await import('./test/fake-worker.ts');
  return { MediaWorker: fake.FakeWorker };
});

let engine: RunningEngine;
let events: EngineEvent[];
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.useFakeTimers();
  FakeWorker.all = [];
  FakeWorker.failure = undefined;
  vi.clearAllMocks();
  engine = await startEngine({ workers: 1, mediaPort: 4_000, udp: true, tcp: true, log });
  events = [];
  engine.onEvent((event) => events.push(event));
});

afterEach(async () => {
  await engine.stop();
  vi.useRealTimers();
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
