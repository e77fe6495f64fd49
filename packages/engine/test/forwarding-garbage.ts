import { setImmediate as nextTurn } from 'node:timers/promises';
import { startEngine } from '../src/index.ts';
import { type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';

/**
 * A process in which so many media workers forward over real sockets, the receivers of one room evenly in each. In a line for
 * each round it prints by how much the workers' heaps grew meanwhile; nothing is collected when the process was started with a
 * large enough heap.
 */
const workers = Number(process.argv[2]);
const receivers = 20;
const rounds = 5;
const packets = 10_000;
const warmUpPackets = 15_000;
const payloadBytes = 1_000;
/** What one wake-up brings, more or less: that leaves about a hundred bytes, however many packets there are. */
const packetsAtOnce = 40;
/** Packets that are under way at once. */
const windowPackets = 160;

const engine = await startEngine({
  workers,
  mediaPort: 0,
  datapath: 'native',
  udp: true,
  tcp: false,
  placement: { roomSessionsMax: Math.ceil((receivers + 1) / workers), loadOf: () => 0 },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
});
const peers = new LoadPeers();
const room = await LoadRoom.open(engine, peers, 'room');
const publisher = await room.publish();
await Promise.all(Array.from({ length: receivers }, () => room.subscribe()));

/** Publishes as fast as the receivers hear of it; some may be lost on a busy machine, and are waited for once. */
async function forward(from: LoadPeer, count: number): Promise<void> {
  const before = peers.receivedCount;
  let lost = 0;
  for (let sent = 0; sent < count; sent++) {
    peers.publish(from, payloadBytes, sent * 90);
    if (sent % packetsAtOnce === packetsAtOnce - 1) peers.flush();
    const wanted = before + (sent - windowPackets) * receivers - lost;
    for (let waited = 0; peers.receivedCount < wanted && waited < 2_000; waited++) await nextTurn();
    lost += Math.max(0, wanted - peers.receivedCount);
  }
}

/** Of all workers. */
async function heapBytes(): Promise<number> {
  const all = await engine.workerStatistics();
  return all.reduce((sum, { sizes }) => sum + sizes.heapBytes, 0);
}

/** By how much the heaps grow meanwhile. */
async function growthWhile(action: () => Promise<void>): Promise<number> {
  const before = await heapBytes();
  await action();
  return (await heapBytes()) - before;
}

await forward(publisher, warmUpPackets);
// To ask for the heap's size costs much of it.
const asking: number[] = [];
for (let i = 0; i < 5; i++) asking.push(await growthWhile(() => Promise.resolve()));
for (let round = 0; round < rounds; round++) {
  const received = peers.receivedCount;
  const growth = await growthWhile(() => forward(publisher, packets));
  const forwarded = peers.receivedCount - received;
  console.log(JSON.stringify({ forwarded, garbageBytes: growth - Math.min(...asking) }));
}
process.exit(0);
