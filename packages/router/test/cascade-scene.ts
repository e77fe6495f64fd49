import { bitsPerSecond, type MonotonicMs, packetSlotSize } from '@rivero/core';
import {
  emptyImportedPacket,
  type ExportedStream,
  type ExportSink,
  type ExportWish,
  type ImportedPacket,
  type ProducerParameters,
  type ReceivedPacket,
  type RouterSessionId,
} from '../src/index.ts';
import { type PublishedPacket, Scene, video } from './scene.ts';

interface Carried {
  readonly packet: ImportedPacket;
  readonly payload: Uint8Array;
}

/** Two routers of one room: the publisher's, and another that has its track from there. */
export class CascadeScene {
  readonly home = new Scene();
  readonly branch = new Scene();
  /** What the branch said of the track. */
  readonly wishes: ExportWish[] = [];
  readonly limits: number[] = [];
  keyframeRequests = 0;
  levels = 0;
  clocks = 0;
  /** Nothing has room on the way. */
  isFull = false;
  readonly publisher: ReturnType<Scene['publish']>;
  readonly imported: RouterSessionId;
  readonly #queue: Carried[] = [];
  readonly sink: ExportSink = {
    writePacket: (packet, stream) => this.#write(packet, stream, false),
    writeLevel: (packet, stream) => void this.#write(packet, stream, true),
    tellClock: (clock) => {
      this.clocks += 1;
      this.branch.router.cascade.setClock('track', clock);
    },
  };

  constructor(parameters: ProducerParameters = video) {
    this.publisher = this.home.publish(parameters);
    this.imported = this.branch.router.openSession({
      origin: {
        setReceived: (_, isReceived) => this.setWish(isReceived ? 'packets' : 'nothing'),
        requestKeyframe: (trackId) => {
          this.keyframeRequests += 1;
          this.home.router.requestKeyframe(trackId, this.now);
        },
        limitBitrate: (bitrate) => {
          this.limits.push(bitrate);
          this.home.router.cascade.limitExport('track', this.sink, bitrate, this.now);
        },
      },
    });
    const none = bitsPerSecond(0);
    const limits = { receiveMin: none, receiveMax: none, sendMax: none, followsReceivers: true };
    this.branch.router.setSessionLimits(this.imported, limits, this.now);
    this.branch.router.openProducer('track', this.imported, parameters);
  }

  get now(): MonotonicMs {
    return this.home.now;
  }

  setWish(wish: ExportWish): void {
    this.wishes.push(wish);
    this.home.router.cascade.setExport('track', this.sink, wish, this.now);
  }

  /** One batch of the publisher, and what of it goes on. */
  send(...packets: readonly PublishedPacket[]): void {
    this.home.send(this.publisher.id, ...packets);
    this.carry();
  }

  /** What is on the way arrives, as one batch. */
  carry(): void {
    const { pool, router } = this.branch;
    const slots = this.#queue.splice(0).map(({ packet, payload }) => {
      const slot = pool.take();
      const payloadOffset = slot * packetSlotSize;
      pool.bytes.set(payload, payloadOffset);
      router.cascade.handlePacket('track', { ...packet, slot, payloadOffset }, this.now);
      return slot;
    });
    router.flush(this.now);
    for (const slot of slots) pool.release(slot);
  }

  run(spanMs: number): void {
    this.home.run(spanMs);
    this.branch.run(spanMs);
  }

  #write(packet: ReceivedPacket, { epoch, codec }: ExportedStream, isLevelOnly: boolean): boolean {
    if (this.isFull) return false;
    if (isLevelOnly) this.levels += 1;
    const { payloadOffset: from, payloadLength } = packet;
    const carried = { ...emptyImportedPacket(), ...packet, epoch, payloadType: codec.payloadType, isLevelOnly };
    this.#queue.push({ packet: carried, payload: this.home.pool.bytes.slice(from, from + payloadLength) });
    return true;
  }
}
