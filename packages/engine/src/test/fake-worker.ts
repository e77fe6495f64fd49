import type { MediaWorkerHandlers } from '../media-worker.ts';
import type { StartedWorker } from '../worker/index.ts';

/** A media worker without a thread, which dies, loses rooms and answers as the test says. */
export class FakeWorker {
  static all: FakeWorker[] = [];
  /** Its start, if it is to fail. */
  static failure: Error | undefined;
  readonly handlers: MediaWorkerHandlers;
  readonly calls: string[] = [];
  lookCount = 0;
  answer: (method: string) => Promise<unknown> = (method) =>
    Promise.resolve(method === 'workerStatistics' ? { counters: {}, sizes: {} } : null);

  constructor(_settings: unknown, handlers: MediaWorkerHandlers) {
    this.handlers = handlers;
    FakeWorker.all.push(this);
  }

  async started(): Promise<StartedWorker> {
    if (FakeWorker.failure !== undefined) throw FakeWorker.failure;
    return { port: 4_000, datapath: 'twin', twinReason: undefined };
  }

  call(method: string, _request?: object): Promise<unknown> {
    this.calls.push(method);
    return this.answer(method);
  }

  takeUtilization(): number {
    return 0;
  }

  look(): void {
    this.lookCount += 1;
  }

  kill(): Promise<void> {
    this.handlers.onDeath('it was replaced on request');
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
