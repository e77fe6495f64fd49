import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadConnector, type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';
import type { TellProgress } from '../benchmark.ts';
import { processorShare } from '../load/processor-times.ts';
import { RemoteEngine } from '../load/remote-engine.ts';
import { subscribeMany } from '../load/subscribe-many.ts';

/** With header and tag as long as those of the other benchmarks. */
const payloadBytes = 1_176;
export const packetBytes = payloadBytes + 24;
/** What was sent and did not come by then is lost. */
const patienceMs = 1_000;
/** In the fixed header of RTP (RFC 3550 section 5.1). */
const timestampOffset = 4;
const ssrcOffset = 8;

export interface BroadcastOptions {
  readonly workers: number;
  readonly receivers: number;
  /** All receivers but the first in each worker are of these; left out: all read what comes. */
  readonly deafPeers?: LoadConnector;
}

/** What was sent when as much was published as came through. */
export interface GreatestRate {
  /** That left the engine for receivers. */
  readonly packetsPerSecond: number;
  /** Of those that should have left it. */
  readonly lostShare: number;
  /** CPU time of the engine for each, in microseconds. */
  readonly microsecondsPerPacket: number;
  /** Of the time in which threads of the engine could have run, the share in which they had processors. */
  readonly processorShare: number;
}

/** How far a receiver is, by timestamps. */
interface Progress {
  readonly first: number;
  last: number;
}

/** One publisher and its receivers in an engine with so many media workers, evenly in each; the publisher is in the first. */
export class BroadcastRoom {
  readonly #engine: RemoteEngine;
  readonly #peers = new LoadPeers();
  readonly #receivers: number;
  /** Of each receiver that reads, by SSRC. */
  readonly #progress = new Map<number, Progress>();
  #publisher: LoadPeer | undefined;
  #onArrival: () => void = () => {};
  /** Each packet has as its timestamp how many were published before it. */
  #published = 0;

  private constructor(engine: RemoteEngine, receivers: number) {
    this.#engine = engine;
    this.#receivers = receivers;
    this.#peers.onPacket = (bytes, offset) => this.#handlePacket(bytes, offset);
  }

  static async open({ workers, receivers, deafPeers }: BroadcastOptions, tell: TellProgress): Promise<BroadcastRoom> {
    const roomSessionsMax = Math.ceil((receivers + 1) / workers);
    const room = new BroadcastRoom(await RemoteEngine.start({ workers, roomSessionsMax }), receivers);
    const load = await LoadRoom.open(room.#engine, room.#peers, 'room');
    room.#publisher = await load.publish();
    // One worker is filled after another, and the publisher is the first of all.
    const isFirst = (place: number): boolean => place === 1 || place % roomSessionsMax === 0;
    const tellWorkers: TellProgress = (text) => tell(`${text}, media workers: ${workers}`);
    await subscribeMany(load, receivers, tellWorkers, (place) => (isFirst(place) ? undefined : deafPeers));
    room.#publish();
    await room.#arrived(deafPeers === undefined ? receivers : workers);
    return room;
  }

  /** CPU time of the engine for each packet that it sends, in microseconds, when they are published at a steady pace. */
  async microsecondsPerPacket(packets: number, intervalMs: number): Promise<number> {
    const [before, cpuBefore] = [await this.#sentCount(), this.#engine.cpuSeconds()];
    const start = performance.now();
    for (let i = 0; i < packets;) {
      for (; i < packets && start + i * intervalMs <= performance.now(); i++) this.#publish();
      await sleep(1);
    }
    await this.#arrived();
    return ((this.#engine.cpuSeconds() - cpuBefore) * 1e6) / ((await this.#sentCount()) - before);
  }

  /** So many packets are always under way to whoever is last of those who read. */
  async greatestRate(packetsUnderWay: number, forMs: number): Promise<GreatestRate> {
    const [sentBefore, publishedBefore, before] = [
      await this.#sentCount(),
      this.#published,
      this.#engine.processorTimes(),
    ];
    const start = performance.now();
    while (performance.now() - start < forMs) {
      const end = this.#arrivedCount() + packetsUnderWay;
      while (this.#published < end) this.#publish();
      await this.#oneMore();
    }
    await this.#arrived();
    const seconds = (performance.now() - start) / 1_000;
    const after = this.#engine.processorTimes();
    const sent = (await this.#sentCount()) - sentBefore;
    const wanted = (this.#published - publishedBefore) * this.#receivers;
    return {
      packetsPerSecond: sent / seconds,
      // Checks of ICE and RTCP are among those that were sent.
      lostShare: Math.max(0, 1 - sent / wanted),
      microsecondsPerPacket: ((after.ran - before.ran) * 1e6) / sent,
      processorShare: processorShare(before, after),
    };
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    await this.#peers.close();
  }

  #publish(): void {
    if (this.#publisher === undefined) throw new Error('nobody publishes');
    this.#peers.publish(this.#publisher, payloadBytes, this.#published++);
    this.#peers.flush();
  }

  #handlePacket(bytes: Uint8Array, offset: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
    const [ssrc, timestamp] = [view.getUint32(ssrcOffset), view.getUint32(timestampOffset)];
    const progress = this.#progress.get(ssrc);
    if (progress === undefined) this.#progress.set(ssrc, { first: timestamp, last: timestamp });
    else progress.last = timestamp;
    this.#onArrival();
  }

  /** Until anything comes: who looks for it all the time takes a processor. */
  async #oneMore(): Promise<void> {
    const came = Promise.withResolvers<null>();
    this.#onArrival = () => came.resolve(null);
    const patience = setTimeout(this.#onArrival, patienceMs);
    await came.promise;
    clearTimeout(patience);
  }

  /** Published packets until the last one that came to everybody who reads. */
  #arrivedCount(): number {
    let count = this.#published;
    for (const { first, last } of this.#progress.values()) count = Math.min(count, ((last - first) >>> 0) + 1);
    return count;
  }

  /** At so many readers; left out: at all to whom anything ever came. */
  async #arrived(readers = this.#progress.size): Promise<void> {
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      if (this.#progress.size >= readers && this.#arrivedCount() === this.#published) return;
      await sleep(1);
    }
  }

  async #sentCount(): Promise<number> {
    const workers = await this.#engine.workerStatistics();
    return workers.reduce((sum, { counters }) => sum + counters['datapath/sent'], 0);
  }
}
