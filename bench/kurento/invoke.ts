import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { Program } from '../../e2e/harness/program.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { RpcClient } from './rpc-client.ts';

const warmUp = 2_000;
const calls = 10_000;
const ratioMax = 3;

/** Microseconds of each call, one after the other. */
async function roundTrips(call: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < warmUp + calls; i++) {
    const before = performance.now();
    await call();
    if (i >= warmUp) times.push((performance.now() - before) * 1_000);
  }
  return times.toSorted((a, b) => a - b);
}

/** What a WebSocket costs that parses a message and answers it, in a thread of its own. */
async function measureFloor(): Promise<readonly number[]> {
  const worker = new Worker(new URL('./echo.ts', import.meta.url));
  const [port] = await once(worker, 'message');
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(socket, 'open');
  let answer: () => void = () => {};
  socket.on('message', () => answer());
  const times = await roundTrips(async () => {
    const answered = new Promise<void>((resolve) => (answer = resolve));
    socket.send('{"jsonrpc":"2.0","id":1,"method":"invoke","params":{"object":"o","operation":"getName"}}');
    await answered;
  });
  socket.close();
  await worker.terminate();
  return times;
}

/** How much longer an invocation takes than the least answer over a WebSocket. */
export const kurentoInvoke: Benchmark = {
  name: 'kurento-invoke',
  sentence: `invokes getName ${calls} times over the Kurento API, one call after the other`,
  run: async () => {
    const program = await Program.start();
    try {
      const client = await RpcClient.connect(program.kurentoUrl);
      const pipeline = await client.create('MediaPipeline');
      const times = await roundTrips(() => client.invoke(pipeline, 'getName'));
      client.close();
      const floor = await measureFloor();
      return {
        what: 'round trip of invoke against a bare WebSocket that parses and answers, medians',
        measured: rounded(median([...times]) / median([...floor])),
        limit: ratioMax,
        unit: '×',
        details: {
          medianMicroseconds: Math.round(median([...times])),
          p99Microseconds: Math.round(times[Math.floor(calls * 0.99)]),
          floorMicroseconds: Math.round(median([...floor])),
        },
      };
    } finally {
      await program.stop();
    }
  },
};
