import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('the monotonic clock of all threads begins when the process does, so that they can tell each other times', async () => {
  const source = `require('node:worker_threads').parentPort.postMessage(performance.now())`;
  const before = performance.now();
  const worker = new Worker(source, { eval: true });
  const told = await new Promise((resolve) => worker.once('message', resolve));
  expect(told).toBeGreaterThan(before);
  expect(told).toBeLessThan(performance.now());
});
