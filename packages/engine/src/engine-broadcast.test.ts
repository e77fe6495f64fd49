import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeEngine, startFakeEngine } from './test/fake-engine.ts';
import { FakeWorker } from './test/fake-worker.ts';

vi.mock('./media-worker.ts', async () => {
  const fake = await import('./test/fake-worker.ts');
  return { MediaWorker: fake.FakeWorker };
});

const workers = 4;
let engine: FakeEngine['engine'];
/** What one of those who are there keeps its worker busy with. */
let sessionLoad: number;

beforeEach(async () => {
  vi.useFakeTimers();
  sessionLoad = 0;
  // All else is as it is by default.
  const placement = { loadOf: (index: number) => Math.min(1, sessions()[index] * sessionLoad) };
  ({ engine } = await startFakeEngine({ workers, placement }));
  await engine.openRoom('hall');
});

afterEach(async () => {
  await engine.stop();
  vi.useRealTimers();
});

/** In each worker. */
function sessions(): readonly number[] {
  return FakeWorker.all.map(({ calls }) => calls.filter((call) => call === 'openPeer').length);
}

async function join(count: number, intervalMs: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await engine.openPeer('hall', `viewer-${i}`);
    await vi.advanceTimersByTimeAsync(intervalMs);
  }
}

describe('one publisher and 600 viewers, by default, in four workers', () => {
  it.each([
    { when: 'all come at once', intervalMs: 0 },
    { when: 'ten come in a second', intervalMs: 100 },
    { when: 'one comes in two seconds', intervalMs: 2_000 },
  ])('are spread over all of them when $when', async ({ intervalMs }) => {
    await join(601, intervalMs);
    expect(Math.max(...sessions()) - Math.min(...sessions())).toBeLessThanOrEqual(10);
  });

  it('are spread over all of them when they keep them busy', async () => {
    sessionLoad = 0.01;
    await join(601, 500);
    expect(Math.max(...sessions()) - Math.min(...sessions())).toBeLessThanOrEqual(10);
  });
});

describe('one publisher and 300 viewers, in four workers', () => {
  it('are in the fewest that have time for them', async () => {
    sessionLoad = 0.001;
    await join(301, 500);
    expect(sessions()).toEqual([150, 150, 1, 0]);
  });

  it('make no worker busier than it has to be when each of them is much work', async () => {
    sessionLoad = 0.005;
    await join(301, 500);
    expect(Math.max(...sessions()) * sessionLoad).toBeLessThanOrEqual(0.65);
  });
});
