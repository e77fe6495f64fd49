import { setImmediate as nextTurn } from 'node:timers/promises';
import { startEngine } from '../src/index.ts';
import { type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';

/**
 * A process in which a media worker forwards over real sockets. It prints by how much the worker's heap grew meanwhile; nothing
 * is collected when the process was started with a large enough heap.
 */
const receivers = 20;
const packets = 50_000;
const warmUpPackets = 15_000;
const payloadBytes = 1_000;
/** What one wake-up brings, more or less: that leaves about a hundred bytes, however many packets there are. */
const packetsAtOnce = 10;
/** Packets that are under way at once. */
const windowPackets = 40;

const engine = await startEngine({
  workers: 1,
  mediaPort: 0,
  datapath: 'native',
  udp: true,
  tcp: false,
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
});
const peers = new LoadPeers();
const room = await LoadRoom.open(engine, peers, 'room');
const publisher = await room.publish();
await Promise.all(Array.from({ length: receivers }, () => room.subscribe()));

/** Publishes as fast as the receivers hear of it; some may be lost on a busy machine. */
async function forward(from: LoadPeer, count: number): Promise<void> {
  const before = peers.receivedCount;
  for (let sent = 0; sent < count; sent++) {
    peers.publish(from, payloadBytes, sent * 90);
    if (sent % packetsAtOnce === packetsAtOnce - 1) peers.flush();
    const wanted = before + (sent - windowPackets) * receivers;
    for (let waited = 0; peers.receivedCount < wanted && waited < 2_000; waited++) await nextTurn();
  }
}

/** By how much the heap grows meanwhile. */
async function growthWhile(action: () => Promise<void>): Promise<number> {
  const [before] = await engine.workerStatistics();
  await action();
  const [after] = await engine.workerStatistics();
  return after.sizes.heapBytes - before.sizes.heapBytes;
}

await forward(publisher, warmUpPackets);
// To ask for the heap's size costs much of it.
const asking: number[] = [];
for (let i = 0; i < 5; i++) asking.push(await growthWhile(() => Promise.resolve()));
const received = peers.receivedCount;
const growth = await growthWhile(() => forward(publisher, packets));
const forwarded = peers.receivedCount - received;
console.log(JSON.stringify({ forwarded, garbageBytes: growth - Math.min(...asking) }));
process.exit(0);
