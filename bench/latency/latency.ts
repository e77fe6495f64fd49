import { availableParallelism, loadavg } from 'node:os';
import { createHistogram } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';
import type { Benchmark } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';

/** Twenty meetings of five: who sends there is told apart from who receives, which is the same to the server. */
const rooms = 20;
const publishersPerRoom = 5;
const receiversPerRoom = 4;
const packetsPerSecond = 50;
const payloadBytes = 1_100;
const intervalMs = 1_000 / packetsPerSecond;
/** The compiler has done its work by then. */
const warmUpMs = 15_000;
const limitsMs = { p50: 0.15, p99: 1, p999: 5 };

/** How long it measures; RIVERO_BENCH_SECONDS says otherwise. */
const measureMs = Number(process.env['RIVERO_BENCH_SECONDS'] ?? 60) * 1_000;

/** The time in microseconds, as it fits into an RTP timestamp: a publisher's first timestamp passes unchanged, and so do all others. */
function microseconds(): number {
  return Math.round(performance.now() * 1_000) >>> 0;
}

/** Publishes for so long, each peer every 20 ms, evenly spread. */
async function publish(peers: LoadPeers, publishers: readonly LoadPeer[], durationMs: number): Promise<number> {
  const step = intervalMs / publishers.length;
  const start = performance.now();
  let sent = 0;
  for (;;) {
    const now = performance.now();
    if (now - start >= durationMs) return sent;
    for (; start + sent * step <= now; sent++) {
      peers.publish(publishers[sent % publishers.length], payloadBytes, microseconds());
      peers.flush();
    }
    // A timer would wake a millisecond later, and send at once what should be spread over it.
    await nextTurn();
  }
}

/** From the call that sends a packet to the handler that receives it; the load's own share is in it. */
export const latency: Benchmark = {
  name: 'latency',
  sentence: `forwards 20,000 packets/s in ${rooms} rooms of ${publishersPerRoom} on one core for ${measureMs / 1_000} s`,
  run: async () => {
    const engine = await RemoteEngine.start({ core: availableParallelism() - 1 });
    const peers = new LoadPeers();
    const publishers: LoadPeer[] = [];
    for (let number = 0; number < rooms; number++) {
      const room = await LoadRoom.open(engine, peers, `room-${number}`);
      for (let i = 0; i < publishersPerRoom; i++) publishers.push(await room.publish());
      for (let i = 0; i < receiversPerRoom; i++) await room.subscribe();
    }
    await publish(peers, publishers, warmUpMs);
    await sleep(500);
    const histogram = createHistogram({ figures: 3 });
    peers.onPacket = (bytes, offset) => {
      const sentAt =
        (bytes[offset + 4] << 24) | (bytes[offset + 5] << 16) | (bytes[offset + 6] << 8) | bytes[offset + 7];
      histogram.record(Math.max(1, (microseconds() - sentAt) >>> 0));
    };
    const cpuBefore = engine.cpuSeconds();
    const sent = await publish(peers, publishers, measureMs);
    await sleep(500);
    const cpuSeconds = engine.cpuSeconds() - cpuBefore;
    await engine.stop();
    await peers.close();
    const ms = (percentile: number): number => histogram.percentile(percentile) / 1_000;
    const [p50, p99, p999] = [ms(50), ms(99), ms(99.9)];
    return {
      what: 'forwarding latency against its limits, the worst of p50, p99 and p99.9',
      measured: Math.round(Math.max(p50 / limitsMs.p50, p99 / limitsMs.p99, p999 / limitsMs.p999) * 100) / 100,
      limit: 1,
      unit: '× limit',
      details: {
        p50,
        p99,
        p999,
        max: histogram.max / 1_000,
        packets: histogram.count,
        cpuMicrosecondsPerPacket: Math.round((cpuSeconds * 1e8) / histogram.count) / 100,
        lost: sent * receiversPerRoom - histogram.count,
        loadAverage: Math.round(loadavg()[0] * 10) / 10,
      },
    };
  },
};
