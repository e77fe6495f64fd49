import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatapath } from '../src/index.ts';
import { stun } from './exchange.ts';
import type { WorkerEnd, WorkerStart } from './native-worker.ts';

/** More than one batch has room for: what comes behind it finds a thread that ends. */
const packetsOfWakeUp = 600;

const threads = 5;

/** Which moment it is, is chance. */
const openingRounds = 5;

let socket: Socket;

beforeAll(async () => {
  socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
});

afterAll(() => {
  socket.close();
});

async function sendStun(port: number, count: number): Promise<void> {
  const sent = Array.from(
    { length: count },
    () => new Promise((resolve) => socket.send(stun, port, '127.0.0.1', resolve)),
  );
  await Promise.all(sent);
}

/** Runs a thread to its end, and answers its port and what it threw. */
async function runThread(
  of: WorkerStart['of'],
  end: WorkerEnd,
): Promise<{ readonly port: number; readonly error: unknown }> {
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerStart = { of, end, sent };
  const worker = new Worker(new URL('./native-worker.ts', import.meta.url), { workerData });
  let error: unknown;
  worker.on('error', (thrown) => {
    error = thrown;
  });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const inBatch = new Promise((resolve) => worker.once('message', resolve));
  await sendStun(port, packetsOfWakeUp);
  Atomics.store(sent, 0, 1);
  Atomics.notify(sent, 0);
  if (end === 'hang') {
    await inBatch;
    await worker.terminate();
  }
  await ended;
  return { port, error };
}

/** Ends a thread at some moment at which it opens one after another. */
async function endWhileOpening(of: WorkerStart['of']): Promise<unknown> {
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerStart = { of, end: 'open', sent };
  const worker = new Worker(new URL('./native-worker.ts', import.meta.url), { workerData });
  let error: unknown;
  worker.on('error', (thrown) => {
    error = thrown;
  });
  await once(worker, 'message');
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  await worker.terminate();
  return error;
}

async function isFree(port: number): Promise<boolean> {
  const other = createSocket('udp4');
  other.bind({ port, address: '127.0.0.1', exclusive: true });
  const isBound = await Promise.race([
    once(other, 'listening').then(() => true),
    once(other, 'error').then(() => false),
  ]);
  other.close();
  return isBound;
}

describe.runIf(openDatapath('auto').type === 'native').each<WorkerStart['of']>(['batches', 'sockets'])(
  'a thread with native %s',
  (of) => {
    it.each<[name: string, end: WorkerEnd, error: unknown]>([
      ['returns with its sockets closed in the middle of a wake-up', 'return', undefined],
      ['exits in the middle of a wake-up', 'exit', undefined],
      ['throws in the middle of a wake-up', 'throw', expect.objectContaining({ message: 'a bug' })],
      ['is terminated in the middle of a wake-up', 'hang', undefined],
    ])(
      'leaves no trace and its port free when it %s',
      async (_name, end, error) => {
        const ended = await Promise.all(Array.from({ length: threads }, () => runThread(of, end)));
        expect(ended.map((each) => each.error)).toEqual(Array.from({ length: threads }, () => error));
        for (const { port } of ended) expect(await isFree(port)).toBe(true);
      },
      20_000,
    );

    it('does not end the program when it is terminated while it opens them', async () => {
      for (let round = 0; round < openingRounds; round++) {
        const ended = await Promise.all(Array.from({ length: threads }, () => endWhileOpening(of)));
        expect(ended).toEqual(Array.from({ length: threads }, () => undefined));
      }
    }, 30_000);
  },
);
