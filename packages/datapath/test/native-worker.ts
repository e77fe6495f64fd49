// A thread with a native datapath, which ends as native-threads.test.ts says.
import { parentPort, workerData } from 'node:worker_threads';
import { openDatapath, openUdpSockets } from '../src/index.ts';

/** How the thread ends: by its handler of a batch, or by the one who started it. */
export type WorkerEnd = 'return' | 'exit' | 'throw' | 'hang';

/** What the thread is started with. `sent` is 1 when all packets are sent: then one wake-up brings them. */
export interface WorkerStart {
  readonly end: WorkerEnd;
  readonly sent: Int32Array;
}

const { end, sent } = workerData as WorkerStart;
const { datapath } = openDatapath('native', { slotsMax: 2048 });
const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
datapath.onBatch(() => {
  parentPort?.postMessage('received');
  if (end === 'throw') throw new Error('a bug');
  if (end === 'exit') process.exit(0);
  if (end === 'hang') Atomics.wait(sent, 0, 1);
  void sockets.close();
});
parentPort?.postMessage(sockets.ports[0].local.port);
Atomics.wait(sent, 0, 0);
