import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';
import type { Benchmark, TellProgress } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';
import { median } from '../median.ts';

const receivers = 200;
const joinsAtOnce = 16;
/** With header and tag as long as those of the other benchmarks. */
const payloadBytes = 1_176;
const pacedPackets = 1_000;
const packetIntervalMs = 2;
const greatestMs = 1_000;
const windowPackets = 40;
const rounds = 7;
const warmUpRounds = 1;
const ratioMax = 1.25;
/** What was sent and did not come by then is lost. */
const patienceMs = 1_000;

/** One publisher and its receivers in an engine with so many media workers, evenly in each. */
class Broadcast {
  readonly #engine: RemoteEngine;
  readonly #peers = new LoadPeers();
  #publisher: LoadPeer | undefined;
  #timestamp = 0;

  private constructor(engine: RemoteEngine) {
    this.#engine = engine;
  }

  static async open(workers: number, tell: TellProgress): Promise<Broadcast> {
    const roomSessionsMax = Math.ceil((receivers + 1) / workers);
    const broadcast = new Broadcast(await RemoteEngine.start({ workers, roomSessionsMax }));
    const room = await LoadRoom.open(broadcast.#engine, broadcast.#peers, 'room');
    broadcast.#publisher = await room.publish();
    let left = receivers;
    const join = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        tell(`receiver ${receivers - left} of ${receivers}, ${workers} media workers`);
        await room.subscribe();
      }
    };
    await Promise.all(Array.from({ length: joinsAtOnce }, join));
    return broadcast;
  }

  /** CPU time of the engine for each packet that reached a receiver, in microseconds, at a steady pace. */
  async microsecondsPerPacket(): Promise<number> {
    const [before, cpuBefore] = [this.#peers.receivedCount, this.#engine.cpuSeconds()];
    const start = performance.now();
    for (let sent = 0; sent < pacedPackets;) {
      for (; sent < pacedPackets && start + sent * packetIntervalMs <= performance.now(); sent++) this.#publish();
      await sleep(1);
    }
    await this.#received(before + pacedPackets * receivers);
    return ((this.#engine.cpuSeconds() - cpuBefore) * 1e6) / (this.#peers.receivedCount - before);
  }

  /** Packets that reach receivers in a second, when as many are sent as come through. */
  async greatestRate(): Promise<number> {
    const before = this.#peers.receivedCount;
    const start = performance.now();
    let sent = 0;
    while (performance.now() - start < greatestMs) {
      const arrived = (this.#peers.receivedCount - before) / receivers;
      for (; sent < arrived + windowPackets; sent++) this.#publish();
      await nextTurn();
    }
    const rate = ((this.#peers.receivedCount - before) * 1_000) / (performance.now() - start);
    await this.#received(before + sent * receivers);
    return rate;
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    await this.#peers.close();
  }

  #publish(): void {
    if (this.#publisher === undefined) throw new Error('nobody publishes');
    this.#peers.publish(this.#publisher, payloadBytes, this.#timestamp++);
    this.#peers.flush();
  }

  async #received(count: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while (this.#peers.receivedCount < count && performance.now() < end) await sleep(5);
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** What it costs that a room is in two media workers, and what it brings. */
export const broadcast: Benchmark = {
  name: 'broadcast',
  sentence: `forwards ${payloadBytes + 24}-byte packets 1 → ${receivers} in one media worker and in two, by turns`,
  run: async (tell) => {
    const contenders = [await Broadcast.open(1, tell), await Broadcast.open(2, tell)];
    const costs: number[][] = [];
    const rates: number[][] = [];
    for (let round = 0; round < rounds + warmUpRounds; round++) {
      tell(`round ${round + 1} of ${rounds + warmUpRounds}`);
      const cost: number[] = [];
      const rate: number[] = [];
      for (const contender of contenders) {
        cost.push(await contender.microsecondsPerPacket());
        rate.push(await contender.greatestRate());
      }
      if (round < warmUpRounds) continue;
      costs.push(cost);
      rates.push(rate);
    }
    for (const contender of contenders) await contender.close();
    const ratios = costs.map(([one, two]) => two / one);
    return {
      what: 'CPU per forwarded packet in two media workers against one, median',
      measured: rounded(median(ratios)),
      limit: ratioMax,
      unit: '× one worker',
      details: {
        receivers,
        microsecondsInOne: rounded(median(costs.map(([one]) => one))),
        microsecondsInTwo: rounded(median(costs.map(([, two]) => two))),
        least: rounded(Math.min(...ratios)),
        most: rounded(Math.max(...ratios)),
        greatestRateOfOne: Math.round(median(rates.map(([one]) => one))),
        greatestRateOfTwo: Math.round(median(rates.map(([, two]) => two))),
      },
    };
  },
};
