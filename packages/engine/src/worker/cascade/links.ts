import { Counters, type MonotonicMs, type PacketPool, Touched } from '@rivero/core';
import { emptyImportedPacket, type ImportedPacket } from '@rivero/router';
import { Link, type LinkEnd } from './link.ts';
import type { BranchMessage, LinkMessage } from './link-message.ts';

const linkCounters = [
  'written',
  'read',
  'woken',
  'full',
  'malformed',
  'unknown-track',
  'unknown-room',
  'pool-empty',
  'track-exists',
] as const;

export type LinkCounter = (typeof linkCounters)[number];

/** Packets that are taken from the rings at one wake-up: then timers and sockets have their turn. */
export const importedAtOnceMax = 256;

/** A track of another worker in a room of ours. */
export interface LinkedTrack<Room> {
  readonly room: Room;
  readonly trackId: string;
}

export interface LinksOptions<Room> {
  readonly pool: PacketPool;
  /** What the branch of a room in another worker tells ours. */
  readonly onMessage: (room: Room, worker: number, message: BranchMessage, now: MonotonicMs) => void;
  /** A packet in our pool, until {@link Links.release}. */
  readonly onPacket: (track: LinkedTrack<Room>, packet: ImportedPacket, now: MonotonicMs) => void;
  /** A packet that found no room in our pool. */
  readonly onLost: (track: LinkedTrack<Room>, now: MonotonicMs) => void;
  /** Something came by a link; `receive` takes it. */
  readonly onArrival: () => void;
}

/** All links of one media worker, and the rooms of which other workers have branches too. */
export class Links<Room> {
  readonly counters = new Counters<LinkCounter>(linkCounters);
  readonly #options: LinksOptions<Room>;
  readonly #links = new Map<number, Link<LinkedTrack<Room>>>();
  /** All of them. */
  #inTurn: readonly Link<LinkedTrack<Room>>[] = [];
  /** Place of the one from which packets are taken first the next time. */
  #first = 0;
  readonly #rooms = new Map<number, Room>();
  readonly #touched = new Touched<Link<LinkedTrack<Room>>>();
  readonly #packet = emptyImportedPacket();
  /** Slots of the packets in hand. */
  readonly #slots = new Uint32Array(importedAtOnceMax);
  #slotCount = 0;
  /** Told by their ports, and not taken yet. */
  readonly #arrived: { readonly link: Link<LinkedTrack<Room>>; readonly message: LinkMessage }[] = [];

  constructor(options: LinksOptions<Room>) {
    this.#options = options;
  }

  /** In the place of the one to a worker of that number that is no more. */
  open(end: LinkEnd): void {
    const before = this.#links.get(end.worker);
    if (before !== undefined) this.close(before.number);
    const link = new Link<LinkedTrack<Room>>(end, this.#options.pool);
    this.#links.set(end.worker, link);
    this.#inTurn = [...this.#links.values()];
    link.listen((message) => {
      if (message !== null) this.#arrived.push({ link, message });
      this.#options.onArrival();
    });
  }

  /** Gives its memory back; nothing happens where it is not open. */
  close(number: number): void {
    const link = this.#inTurn.find((one) => one.number === number);
    if (link === undefined) return;
    this.#links.delete(link.worker);
    this.#inTurn = [...this.#links.values()];
    this.#touched.delete(link);
    this.counters.count('malformed', link.reader.malformedCount);
    link.close();
  }

  get(worker: number): Link<LinkedTrack<Room>> | undefined {
    return this.#links.get(worker);
  }

  /** The room has branches in other workers, too, by that number. */
  join(number: number, room: Room): void {
    this.#rooms.set(number, room);
  }

  leave(number: number): void {
    this.#rooms.delete(number);
  }

  /** Something was written for it: it is shown with {@link show}. */
  touch(link: Link<LinkedTrack<Room>>): void {
    this.#touched.add(link);
  }

  /** Takes all that other workers said until now. */
  receiveMessages(now: MonotonicMs): void {
    if (this.#arrived.length > 0)
      for (const { link, message } of this.#arrived.splice(0)) this.#handle(link, message, now);
    for (const link of this.#links.values()) {
      for (let message = link.receive(); message !== undefined; message = link.receive())
        this.#handle(link, message, now);
    }
  }

  /**
   * Takes packets from the rings, so many in all; those of which none were taken are the first the next time. True: there may
   * be more. What was taken is in the pool until {@link release}.
   */
  receivePackets(now: MonotonicMs): boolean {
    const { length } = this.#inTurn;
    let hasMore = false;
    let left = importedAtOnceMax;
    let visited = 0;
    while (visited < length && left > 0) {
      const link = this.#inTurn[(this.#first + visited) % length];
      visited += 1;
      left -= this.#receiveFrom(link, left, now);
      if (!link.reader.sleep()) hasMore = true;
    }
    if (visited < length) hasMore = true;
    this.#first = length === 0 ? 0 : (this.#first + visited) % length;
    return hasMore;
  }

  release(): void {
    for (let i = 0; i < this.#slotCount; i++) this.#options.pool.release(this.#slots[i]);
    this.#slotCount = 0;
  }

  /** What was written since the last time is shown to those whom it is for. */
  show(): void {
    for (let i = 0; i < this.#touched.count; i++) {
      if (this.#touched.at(i)?.show() === true) this.counters.count('woken');
    }
    this.#touched.clear();
  }

  snapshot(): Readonly<Record<LinkCounter, number>> {
    const counts = this.counters.snapshot();
    let { malformed } = counts;
    for (const { reader } of this.#links.values()) malformed += reader.malformedCount;
    return { ...counts, malformed };
  }

  #handle(link: Link<LinkedTrack<Room>>, message: LinkMessage, now: MonotonicMs): void {
    if (message === null || this.#links.get(link.worker) !== link) return;
    const room = this.#rooms.get(message.room);
    if (room === undefined) return this.counters.count('unknown-room');
    this.#options.onMessage(room, link.worker, message.message, now);
  }

  /** Answers how many packets it took, at most so many. */
  #receiveFrom(link: Link<LinkedTrack<Room>>, most: number, now: MonotonicMs): number {
    const { reader } = link;
    let count = 0;
    while (count < most && reader.next(this.#packet)) {
      count += 1;
      this.#take(link, now);
    }
    reader.release();
    this.counters.count('read', count);
    return count;
  }

  /** The record in hand. */
  #take({ reader, tracks }: Link<LinkedTrack<Room>>, now: MonotonicMs): void {
    const { pool, onPacket, onLost } = this.#options;
    const packet = this.#packet;
    const track = tracks.get(reader.track);
    if (track === undefined) return this.counters.count('unknown-track');
    if (!packet.isLevelOnly) {
      const slot = pool.take();
      if (slot === -1) {
        this.counters.count('pool-empty');
        return onLost(track, now);
      }
      reader.copy(packet, pool, slot);
      this.#slots[this.#slotCount++] = slot;
    }
    onPacket(track, packet, now);
  }
}
