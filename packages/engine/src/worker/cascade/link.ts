import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { PacketPool } from '@rivero/core';
import type { LinkMessage } from './link-message.ts';
import { PacketRingReader } from './packet-ring-reader.ts';
import { PacketRingWriter } from './packet-ring-writer.ts';

/** One worker's end of what joins it to another, as the main thread hands it out. */
export interface LinkEnd {
  /** Of the link: no other one between any two workers has it. */
  readonly number: number;
  /** The other worker's number. */
  readonly worker: number;
  readonly port: MessagePort;
  /** Memory of the rings: written by the other worker, and by this one. */
  readonly incoming: SharedArrayBuffer;
  readonly outgoing: SharedArrayBuffer;
}

/**
 * What joins this worker to another one: a ring of packets each way, and a port for all that is said beside them and to wake
 * who sleeps.
 */
export class Link<Track> {
  readonly number: number;
  readonly worker: number;
  readonly writer: PacketRingWriter;
  readonly reader: PacketRingReader;
  /** The other worker's tracks, by the numbers by which it told of them. */
  readonly tracks = new Map<number, Track>();
  /** Something was written that was not shown yet. */
  isTouched = false;
  readonly #port: MessagePort;
  #trackCount = 0;

  constructor(end: LinkEnd, pool: PacketPool) {
    this.number = end.number;
    this.worker = end.worker;
    this.#port = end.port;
    this.writer = new PacketRingWriter(end.outgoing, pool);
    this.reader = new PacketRingReader(end.incoming);
  }

  /** Each message that {@link receive} did not take before is told. */
  listen(onMessage: (message: LinkMessage) => void): void {
    this.#port.on('message', onMessage);
  }

  /** A number by which the other worker is told of a track; none comes twice. */
  nextTrack(): number {
    this.#trackCount += 1;
    return this.#trackCount;
  }

  post(message: LinkMessage): void {
    this.#port.postMessage(message);
  }

  /** Shows the other worker what was written for it. True: it had to be woken. */
  show(): boolean {
    const isWoken = this.writer.show();
    if (isWoken) this.post(null);
    return isWoken;
  }

  /** What was said and not taken yet: also what came this very moment. */
  receive(): LinkMessage | undefined {
    const received = receiveMessageOnPort(this.#port);
    return received === undefined ? undefined : received.message;
  }

  close(): void {
    this.#port.close();
  }
}
