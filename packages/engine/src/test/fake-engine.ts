import { type Mock, vi } from 'vitest';
import type { EngineEvent } from '../contract.ts';
import type { EngineLog, EngineOptions } from '../engine-options.ts';
import { type RunningEngine, startEngine } from '../engine.ts';
import { FakeWorker } from './fake-worker.ts';

/** An engine on fake workers, which the test has put in the place of real ones by `vi.mock`. */
export interface FakeEngine {
  readonly engine: RunningEngine;
  /** What it told. */
  readonly events: readonly EngineEvent[];
  readonly log: Readonly<Record<keyof EngineLog, Mock<(text: string) => void>>>;
}

/** Its workers alone are in `FakeWorker.all`. */
export async function startFakeEngine(options: Pick<EngineOptions, 'workers' | 'placement'>): Promise<FakeEngine> {
  FakeWorker.all = [];
  FakeWorker.failure = undefined;
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const engine = await startEngine({ mediaPort: 4_000, udp: true, tcp: true, log, ...options });
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  return { engine, events, log };
}
