import { assert, type MonotonicMs } from '@rivero/core';
import type { Router } from '@rivero/router';
import type { RoomTrack, RoomTracks } from '../room-tracks.ts';
import { ImportedPublisher } from './imported-publisher.ts';
import type { BranchMessage } from './link-message.ts';
import type { Links } from './links.ts';
import { RoomBranch } from './room-branch.ts';

/** How a room is one of several branches. */
export interface BranchRole {
  /** Of the room, the same in all workers, and of no other room. */
  readonly number: number;
  /** The first branch: here it is decided who speaks. */
  readonly isHome: boolean;
}

export interface RoomCascadeOptions<Room> {
  readonly room: Room;
  readonly role: BranchRole;
  readonly router: Router;
  readonly tracks: RoomTracks;
  readonly links: Links<Room>;
}

/**
 * A room's branches in other workers. Each tells each other what its own peers and endpoints publish; who receives a track
 * asks the worker of its publisher for it, whose packets then come by the ring between the two.
 */
export class RoomCascade<Room> {
  readonly #options: RoomCascadeOptions<Room>;
  readonly #branches = new Map<number, RoomBranch<Room>>();

  constructor(options: RoomCascadeOptions<Room>) {
    this.#options = options;
    options.links.join(options.role.number, options.room);
  }

  /** There is one in that worker, to which there is a link; it is told of our tracks. */
  addBranch(worker: number, now: MonotonicMs): void {
    const { room, role, router, tracks, links } = this.#options;
    const link = links.get(worker);
    assert(link !== undefined, 'workers of one room are linked');
    this.removeBranch(worker, now);
    const branch = new RoomBranch({ room, ...role, router, tracks, links, link });
    this.#branches.set(worker, branch);
    for (const track of tracks.all()) if (isOurs(track)) branch.publish(track, false);
  }

  /** There is none in that worker any more. */
  removeBranch(worker: number, now: MonotonicMs): void {
    const branch = this.#branches.get(worker);
    this.#branches.delete(worker);
    const [error] = branch?.close(now) ?? [];
    if (error !== undefined) throw error;
  }

  handlePublished(track: RoomTrack, isRenewed: boolean): void {
    if (isOurs(track)) for (const branch of this.#branches.values()) branch.publish(track, isRenewed);
  }

  handleWithdrawn(trackId: string): void {
    for (const branch of this.#branches.values()) branch.withdraw(trackId);
  }

  handleHeard(track: RoomTrack): void {
    for (const branch of this.#branches.values()) branch.hear(track);
  }

  /** By which of its tracks a publisher of ours is heard may have changed. */
  tellVoices(trackIds: Iterable<string>): void {
    if (this.#branches.size === 0) return;
    for (const trackId of trackIds) for (const branch of this.#branches.values()) branch.tellVoice(trackId);
  }

  /** Opens tracks of other workers that wait for a name that is free by now. */
  openWaiting(now: MonotonicMs): void {
    for (const branch of this.#branches.values()) branch.openWaiting(now);
  }

  handleMessage(worker: number, message: BranchMessage, now: MonotonicMs): void {
    this.#branches.get(worker)?.handleMessage(message, now);
  }

  /** The other branches hear no more of it; what was broken in that is answered. */
  close(now: MonotonicMs): readonly unknown[] {
    this.#options.links.leave(this.#options.role.number);
    const errors = [...this.#branches.values()].flatMap((branch) => branch.close(now));
    this.#branches.clear();
    return errors;
  }
}

function isOurs({ publisher }: RoomTrack): boolean {
  return !(publisher instanceof ImportedPublisher);
}
