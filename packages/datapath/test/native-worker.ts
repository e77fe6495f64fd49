// A thread with a native datapath or native sockets, which ends as native-threads.test.ts says.
import { parentPort, workerData } from 'node:worker_threads';
import { openDatagramSockets, openDatapath, openUdpSockets } from '../src/index.ts';

/** How the thread ends: by its handler of a batch, or by the one who started it. `open`: while it opens one after another. */
export type WorkerEnd = 'return' | 'exit' | 'throw' | 'hang' | 'open';

/** What the thread is started with. `sent` is 1 when all packets are sent: then one wake-up brings them. */
export interface WorkerStart {
  /** What it has: batches of packets, or sockets whose datagrams it handles itself. */
  readonly of: 'batches' | 'sockets';
  readonly end: WorkerEnd;
  readonly sent: Int32Array;
}

const { of, end, sent } = workerData as WorkerStart;

function handleWakeUp(close: () => void): void {
  parentPort?.postMessage('received');
  if (end === 'throw') throw new Error('a bug');
  if (end === 'exit') process.exit(0);
  if (end === 'hang') Atomics.wait(sent, 0, 1);
  close();
}

async function openBatches(): Promise<number> {
  const { datapath } = openDatapath('native', { slotsMax: 2048 });
  const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
  datapath.onBatch(() => handleWakeUp(() => void sockets.close()));
  return sockets.ports[0].local.port;
}

function openSockets(): number {
  const sockets = openDatagramSockets('native');
  const onPacket = (): void => handleWakeUp(() => sockets.close());
  const socket = sockets.bind({ ip: '127.0.0.1', port: 0, onPacket });
  if (socket instanceof Error) throw socket;
  return socket.port;
}

async function openForEver(): Promise<never> {
  for (;;) {
    for (let i = 0; i < 50; i++) {
      if (of === 'sockets') openDatagramSockets('native');
      else openDatapath('native', { slotsMax: 64 });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

parentPort?.postMessage(of === 'sockets' ? openSockets() : await openBatches());
if (end === 'open') await openForEver();
Atomics.wait(sent, 0, 0);
