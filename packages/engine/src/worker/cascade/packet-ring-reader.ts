import { type PacketPool, packetSlotSize } from '@rivero/core';
import type { ImportedPacket } from '@rivero/router';
import { packetRing, type PacketRing, ringFlag, ringRecordsMax, ringState } from './packet-ring.ts';

/** Beyond it are no indexes of SRTP (RFC 3711 section 3.3.1). */
const sequenceMax = 2 ** 48;

/** The end of a ring at which packets come out. It trusts nothing that the ring says. */
export class PacketRingReader {
  readonly #ring: PacketRing;
  /** The bytes of each place: made once, as a view for each packet would be garbage. */
  readonly #slots: readonly Uint8Array[];
  /** Modulo 2^32; of the record in hand when there is one. */
  #read: number;
  /** The track's number in the record in hand. */
  track = 0;
  /** Records that could not be, or were lost with the ring's state. */
  malformedCount = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#ring = packetRing(memory);
    this.#read = Atomics.load(this.#ring.state, ringState.read);
    this.#slots = Array.from({ length: ringRecordsMax }, (_, place) =>
      this.#ring.bytes.subarray(place * packetSlotSize, (place + 1) * packetSlotSize),
    );
  }

  /** Takes the next record in hand: `packet` is filled but for its slot, and {@link track}. False: there is none. */
  next(packet: ImportedPacket): boolean {
    while (!this.#isEmpty()) {
      const place = this.#read & (ringRecordsMax - 1);
      this.#read = (this.#read + 1) | 0;
      if (this.#fill(packet, place)) return true;
      this.malformedCount += 1;
    }
    return false;
  }

  /** Puts the bytes of the record in hand into a slot of ours, and says so in `packet`. */
  copy(packet: ImportedPacket, pool: PacketPool, slot: number): void {
    const slotOffset = slot * packetSlotSize;
    const place = (this.#read - 1) & (ringRecordsMax - 1);
    pool.bytes.set(this.#slots[place], slotOffset);
    packet.slot = slot;
    packet.payloadOffset += slotOffset;
  }

  /** Gives the places of what was read back to the writer. */
  release(): void {
    Atomics.store(this.#ring.state, ringState.read, this.#read);
  }

  /** Says that it has to be woken from now on. False: something came meanwhile, and it does not sleep. */
  sleep(): boolean {
    const { state } = this.#ring;
    Atomics.store(state, ringState.sleeping, 1);
    if (this.#isEmpty()) return true;
    Atomics.store(state, ringState.sleeping, 0);
    return false;
  }

  #isEmpty(): boolean {
    const written = Atomics.load(this.#ring.state, ringState.written);
    const left = (written - this.#read) | 0;
    if (left >= 0 && left <= ringRecordsMax) return left === 0;
    this.malformedCount += 1;
    this.#read = written;
    return true;
  }

  #fill(packet: ImportedPacket, place: number): boolean {
    const ring = this.#ring;
    this.track = ring.track[place];
    const flags = ring.flags[place];
    const sequence = ring.sequence[place];
    packet.epoch = ring.epoch[place];
    packet.sequence = sequence;
    packet.timestamp = ring.timestamp[place];
    packet.payloadType = ring.payloadType[place];
    packet.audioLevel = ring.audioLevel[place];
    packet.videoOrientation = ring.videoOrientation[place];
    packet.payloadOffset = ring.payloadOffset[place];
    packet.payloadLength = ring.payloadLength[place];
    packet.marker = (flags & ringFlag.marker) !== 0;
    packet.isKeyframeStart = (flags & ringFlag.keyframeStart) !== 0;
    packet.isLevelOnly = (flags & ringFlag.levelOnly) !== 0;
    const isInSlot = packet.payloadOffset + packet.payloadLength <= packetSlotSize;
    const isNumber = Number.isInteger(sequence) && sequence >= 0 && sequence < sequenceMax;
    return isInSlot && isNumber && isByteOrNone(packet.audioLevel) && isByteOrNone(packet.videoOrientation);
  }
}

function isByteOrNone(value: number): boolean {
  return value >= -1 && value <= 0xff;
}
