import type { EngineEvent } from '../contract.ts';
import type { EngineOptions } from '../engine-options.ts';
import { type RunningEngine, startEngine } from '../engine.ts';
import { FakeWorker } from './fake-worker.ts';

/** An engine on fake workers, which the test has put in the place of real ones by `vi.mock`. */
export interface FakeEngine {
  readonly engine: RunningEngine;
  /** What it told. */
  readonly events: readonly EngineEvent[];
}

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Its workers alone are in `FakeWorker.all`. */
export async function startFakeEngine(
  options: Pick<EngineOptions, 'workers'> & Partial<EngineOptions>,
): Promise<FakeEngine> {
  FakeWorker.all = [];
  FakeWorker.failure = undefined;
  const engine = await startEngine({ mediaPort: 4_000, udp: true, tcp: true, log: noLog, ...options });
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  return { engine, events };
}
