import { type PacketPool, packetSlotSize } from '@rivero/core';
import type { ExportedStream, ReceivedPacket } from '@rivero/router';
import { packetRing, type PacketRing, ringFlag, ringRecordsMax, ringState } from './packet-ring.ts';

/** The end of a ring at which packets of this worker's pool go in. */
export class PacketRingWriter {
  readonly #ring: PacketRing;
  readonly #pool: PacketPool;
  /** Modulo 2^32. */
  #written: number;
  #shown: number;

  constructor(memory: SharedArrayBuffer, pool: PacketPool) {
    this.#ring = packetRing(memory);
    this.#pool = pool;
    this.#written = Atomics.load(this.#ring.state, ringState.written);
    this.#shown = this.#written;
  }

  /** Copies the packet; the reader sees it after {@link show}. False: the ring is full. */
  writePacket(track: number, packet: ReceivedPacket, stream: ExportedStream): boolean {
    const place = this.#begin(track, packet, stream);
    if (place === -1) return false;
    const slotOffset = packet.slot * packetSlotSize;
    this.#ring.payloadOffset[place] = packet.payloadOffset - slotOffset;
    this.#ring.payloadLength[place] = packet.payloadLength;
    this.#ring.flags[place] =
      (packet.marker ? ringFlag.marker : 0) | (packet.isKeyframeStart ? ringFlag.keyframeStart : 0);
    this.#ring.bytes.set(this.#pool.slotBytes(packet.slot), place * packetSlotSize);
    return true;
  }

  /** Its audio level alone. False: the ring is full. */
  writeLevel(track: number, packet: ReceivedPacket, stream: ExportedStream): boolean {
    const place = this.#begin(track, packet, stream);
    if (place === -1) return false;
    this.#ring.payloadOffset[place] = 0;
    this.#ring.payloadLength[place] = 0;
    this.#ring.flags[place] = ringFlag.levelOnly;
    return true;
  }

  /** Shows the reader what was written. True: it sleeps, and has to be woken; told once. */
  show(): boolean {
    if (this.#shown === this.#written) return false;
    this.#shown = this.#written;
    const { state } = this.#ring;
    Atomics.store(state, ringState.written, this.#written);
    return Atomics.load(state, ringState.sleeping) === 1 && Atomics.exchange(state, ringState.sleeping, 0) === 1;
  }

  /** A place with what every record has; -1: all are taken. */
  #begin(track: number, packet: ReceivedPacket, { epoch, codec }: ExportedStream): number {
    const ring = this.#ring;
    const taken = (this.#written - Atomics.load(ring.state, ringState.read)) | 0;
    if (taken >= ringRecordsMax) return -1;
    const place = this.#written & (ringRecordsMax - 1);
    this.#written = (this.#written + 1) | 0;
    ring.track[place] = track;
    ring.epoch[place] = epoch;
    ring.sequence[place] = packet.sequence;
    ring.timestamp[place] = packet.timestamp;
    ring.payloadType[place] = codec.payloadType;
    ring.audioLevel[place] = packet.audioLevel;
    ring.videoOrientation[place] = packet.videoOrientation;
    return place;
  }
}
