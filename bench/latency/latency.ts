import { availableParallelism, loadavg } from 'node:os';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadHandler, type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';
import type { Benchmark, BenchmarkResult, TellProgress } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';
import { rounded } from '../rounded.ts';
import { CFloor, type LatencyPercentiles } from './c-floor.ts';

/** Meetings of five: who sends there is told apart from who receives, which is the same to the server. */
const publishersPerRoom = 5;
const receiversPerRoom = 4;
const packetsPerSecond = 50;
const payloadBytes = 1_100;
/** RTP header and transport-wide sequence number, and what SRTP adds. */
const headerBytes = 36;
const intervalMs = 1_000 / packetsPerSecond;
/** Of the floor and of what is measured, and how much shorter those of the floor are. */
const turns = 4;
const floorShare = 3;
/** Between two looks at the sockets. */
const waitMs = 0.02;
/** What is under way arrives. */
const settleMs = 500;
/** The compiler has done its work by then. */
const warmUpMs = 15_000;
/** Of all that a packet takes, in ms. */
const limitsMs = { p50: 0.15, p99: 1, p999: 5 };
/** Of what we take more than the floor where there is little to do, in ms. */
const addedMaxMs = { p50: 0.1, p99: 1 };

/** How long it measures; RIVERO_BENCH_SECONDS says otherwise. */
const measureMs = Number(process.env['RIVERO_BENCH_SECONDS'] ?? 60) * 1_000;

/** The time in microseconds, as it fits into an RTP timestamp: a publisher's first timestamp passes unchanged, and so do all others. */
function microseconds(): number {
  return Math.round(performance.now() * 1_000) >>> 0;
}

/** Publishes for so long, each peer every 20 ms, evenly spread; answers how many packets. */
function publish(peers: LoadPeers, publishers: readonly LoadPeer[], durationMs: number): Promise<number> {
  const step = intervalMs / publishers.length;
  const start = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    // A timer would wake a millisecond later, and send at once what should be spread over it.
    const turn = (): void => {
      let now = performance.now();
      // Each turn of the event loop leaves garbage: without this wait the load collected it 28 times a second, and measured that.
      const until = Math.min(start + sent * step, now + waitMs);
      while (now < until) now = performance.now();
      if (now - start >= durationMs) return resolve(sent);
      for (; start + sent * step <= now; sent++) {
        peers.publish(publishers[sent % publishers.length], payloadBytes, microseconds());
        peers.flush();
      }
      setImmediate(turn);
    };
    turn();
  });
}

/** Rooms full of connected peers; answers those that publish. */
async function openRooms(engine: RemoteEngine, peers: LoadPeers, rooms: number): Promise<readonly LoadPeer[]> {
  const publishers: LoadPeer[] = [];
  for (let number = 0; number < rooms; number++) {
    const room = await LoadRoom.open(engine, peers, `room-${number}`);
    for (let i = 0; i < publishersPerRoom; i++) publishers.push(await room.publish());
    for (let i = 0; i < receiversPerRoom; i++) await room.subscribe();
  }
  return publishers;
}

/** From the call that sends a packet to the handler that receives it; the load's own share is in it. */
export const latency: Benchmark = {
  name: 'latency',
  sentence: `forwards 20,000 packets/s in 20 rooms of ${publishersPerRoom} on one core for ${measureMs / 1_000} s, by turns with a floor in C`,
  run: async (tell) => {
    const { own, details } = await measure(20, tell);
    const { p50, p99, p999 } = own;
    return {
      what: 'forwarding latency against its limits, the worst of p50, p99 and p99.9',
      measured: rounded(Math.max(p50 / limitsMs.p50, p99 / limitsMs.p99, p999 / limitsMs.p999)),
      limit: 1,
      unit: '× limit',
      details,
    };
  },
};

/** The same where there is little to do, and nothing may wait for more. */
export const latencyIdle: Benchmark = {
  name: 'latency-idle',
  sentence: `forwards 2,000 packets/s in 2 rooms of ${publishersPerRoom} on one core, by turns with a floor in C`,
  run: async (tell) => {
    const { own, floor, details } = await measure(2, tell);
    // Without a compiler for the floor all of it counts as ours.
    const p50Added = rounded(own.p50 - (floor?.p50 ?? 0));
    const p99Added = rounded(own.p99 - (floor?.p99 ?? 0));
    return {
      what: 'forwarding latency at low load beyond the floor against its limits, the worst of p50 and p99',
      measured: rounded(Math.max(p50Added / addedMaxMs.p50, p99Added / addedMaxMs.p99)),
      limit: 1,
      unit: '× limit',
      details: { p50Added, p99Added, ...details },
    };
  },
};

interface Measured {
  readonly own: LatencyPercentiles;
  /** `undefined` where it cannot be compiled. */
  readonly floor: LatencyPercentiles | undefined;
  readonly details: BenchmarkResult['details'];
}

async function measure(rooms: number, tell: TellProgress): Promise<Measured> {
  const core = availableParallelism() - 1;
  const packetsPerSecondOfAll = rooms * publishersPerRoom * packetsPerSecond;
  const packetBytes = payloadBytes + headerBytes;
  const traffic = { rooms, publishersPerRoom, receiversPerRoom, packetBytes, packetsPerSecond: packetsPerSecondOfAll };
  const floor = CFloor.open({ core, ...traffic });
  const engine = await RemoteEngine.start({ core });
  const peers = new LoadPeers();
  tell('connecting');
  const publishers = await openRooms(engine, peers, rooms);
  tell('warming up');
  await publish(peers, publishers, warmUpMs);
  const histogram = createHistogram({ figures: 3 });
  const record = recordInto(histogram);
  let sent = 0;
  let cpuSeconds = 0;
  for (let turn = 1; turn <= turns; turn++) {
    tell(`turn ${turn} of ${turns}, the floor`);
    await sleep(settleMs);
    await floor?.run(Math.max(1, Math.round(measureMs / turns / floorShare / 1_000)));
    tell(`turn ${turn} of ${turns}`);
    peers.onPacket = record;
    const cpuBefore = engine.cpuSeconds();
    sent += await publish(peers, publishers, measureMs / turns);
    await sleep(settleMs);
    cpuSeconds += engine.cpuSeconds() - cpuBefore;
  }
  await engine.stop();
  await peers.close();
  floor?.close();
  const ms = (percentile: number): number => histogram.percentile(percentile) / 1_000;
  const own = { p50: ms(50), p99: ms(99), p999: ms(99.9) };
  const details = {
    ...own,
    max: histogram.max / 1_000,
    ...againstFloor(own, floor?.percentiles()),
    packets: histogram.count,
    cpuMicrosecondsPerPacket: rounded((cpuSeconds * 1e6) / histogram.count),
    lost: sent * receiversPerRoom - histogram.count,
    loadAverage: Math.round(loadavg()[0] * 10) / 10,
  };
  return { own, floor: floor?.percentiles(), details };
}

/** The timestamp of each packet is the time at which it was sent. */
function recordInto(histogram: RecordableHistogram): LoadHandler {
  return (bytes, offset) => {
    const sentAt = (bytes[offset + 4] << 24) | (bytes[offset + 5] << 16) | (bytes[offset + 6] << 8) | bytes[offset + 7];
    histogram.record(Math.max(1, (microseconds() - sentAt) >>> 0));
  };
}

/** What the machine itself takes, and how much longer we do. */
function againstFloor(own: LatencyPercentiles, floor: LatencyPercentiles | undefined): BenchmarkResult['details'] {
  if (floor === undefined) return {};
  return {
    floorP50: floor.p50,
    floorP99: floor.p99,
    floorP999: floor.p999,
    p50TimesFloor: rounded(own.p50 / floor.p50),
    p99TimesFloor: rounded(own.p99 / floor.p99),
    p999TimesFloor: rounded(own.p999 / floor.p999),
  };
}
