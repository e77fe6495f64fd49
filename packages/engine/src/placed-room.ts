import { CodedError } from '@rivero/core';
import type { MediaWorker } from './media-worker.ts';
import { TrackClaims } from './track-claims.ts';
import type { BranchRole } from './worker/index.ts';
import type { WorkerLinks } from './worker-links.ts';
import type { WorkerPlace } from './worker-places.ts';

/** The part of a room in one worker. */
interface Branch {
  /** Its worker has opened it. */
  isOpen: boolean;
  /** That all other branches know of it; `undefined`: they do. */
  opening: Promise<void> | undefined;
  sessions: number;
  /** Each takes the room from the link with a branch that was there before. */
  readonly unlinks: (() => void)[];
}

/** Where a peer or an endpoint is. */
interface PlacedSession {
  readonly place: WorkerPlace;
  /** The one that counts it: there may be another one at that place by now. */
  readonly branch: Branch;
  /** Names under which it publishes, if it does; none where each request says them. */
  readonly trackIds: readonly string[];
}

/** Peers, or endpoints, of a room by name. */
export type PlacedSessions = Map<string, PlacedSession>;

/** Who is to be placed. */
export interface SessionRequest {
  readonly sessions: PlacedSessions;
  readonly name: string;
  /** Names under which it publishes, if it does; none where each request says them. */
  readonly trackIds: readonly string[];
}

/**
 * One room as the main thread knows it: it begins in one worker, its home, and may grow branches in others, each of which
 * knows all others. Every peer and every endpoint is in one of them.
 */
export class PlacedRoom {
  readonly id: string;
  readonly home: WorkerPlace;
  readonly peers: PlacedSessions = new Map();
  readonly endpoints: PlacedSessions = new Map();
  readonly #number: number;
  readonly #branches = new Map<WorkerPlace, Branch>();
  readonly #links: WorkerLinks | undefined;
  readonly #claims = new TrackClaims<WorkerPlace>();
  #isClosed = false;

  /** `number`: no other room has it. `links`: left out where there is one worker. */
  constructor(options: {
    readonly id: string;
    readonly number: number;
    readonly home: WorkerPlace;
    readonly links: WorkerLinks | undefined;
  }) {
    this.id = options.id;
    this.#number = options.number;
    this.home = options.home;
    this.#links = options.links;
    this.home.roomCount += 1;
    this.#branches.set(this.home, { isOpen: false, opening: undefined, sessions: 0, unlinks: [] });
  }

  /** Opens its home. */
  async open(): Promise<void> {
    await this.#openAt(this.home);
  }

  /** The workers that it is in, its home first. */
  get places(): readonly WorkerPlace[] {
    return [...this.#branches.keys()];
  }

  /** The branches that know of all others, its home first: in the rest nobody is. */
  get entered(): readonly WorkerPlace[] {
    return this.places.filter((place) => this.#branches.get(place)?.opening === undefined);
  }

  /** Its branch is open there; what it tells is not of another room of its name. */
  isOpenAt(place: WorkerPlace): boolean {
    return this.#branches.get(place)?.isOpen === true;
  }

  sessionsAt(place: WorkerPlace): number {
    return this.#branches.get(place)?.sessions ?? 0;
  }

  /** Opens what has that name at that place; refused, it is placed nowhere. */
  async openSession(
    { sessions, name, trackIds }: SessionRequest,
    place: WorkerPlace,
    open: (worker: MediaWorker) => Promise<unknown>,
  ): Promise<void> {
    const branch = this.#branches.get(place) ?? this.#openBranch(place);
    const session = { place, branch, trackIds };
    sessions.set(name, session);
    branch.sessions += 1;
    try {
      await this.at(place, open);
    } catch (error) {
      if (sessions.get(name) === session) this.leave(sessions, name);
      throw error;
    }
  }

  /** Where it is. Who is placed nowhere is looked for in the home, and not found there. */
  placeOf(sessions: PlacedSessions, name: string): WorkerPlace {
    return sessions.get(name)?.place ?? this.home;
  }

  /** It is there no more; answers where it was, as {@link placeOf}. */
  leave(sessions: PlacedSessions, name: string): WorkerPlace {
    const place = this.placeOf(sessions, name);
    const session = sessions.get(name);
    if (session !== undefined) session.branch.sessions -= 1;
    sessions.delete(name);
    return place;
  }

  /** Asks the worker of that branch, which knows of all that was answered by the others before. */
  async at<Answer>(place: WorkerPlace, call: (worker: MediaWorker) => Promise<Answer>): Promise<Answer> {
    const opening = this.#branches.get(place)?.opening;
    if (opening !== undefined) await opening;
    return await call(this.#workerOf(place));
  }

  /** As {@link at}, for who publishes these: nobody does under their names in another worker meanwhile. */
  async publishAt<Answer>(
    place: WorkerPlace,
    trackIds: readonly string[],
    call: (worker: MediaWorker) => Promise<Answer>,
  ): Promise<Answer> {
    this.#claims.take(place, trackIds);
    try {
      return await this.at(place, call);
    } finally {
      this.#claims.release(trackIds);
    }
  }

  /** Ends all branches but those that are no more; rejects when its home does. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const branches = [...this.#branches];
    this.#branches.clear();
    for (const [place] of branches) place.roomCount -= 1;
    const closing = branches.map(async ([{ worker }]) => await worker?.call('closeRoom', { roomId: this.id }));
    await Promise.allSettled(closing);
    // Until they are closed they use their links.
    for (const [, branch] of branches) unlink(branch);
    await closing[0];
  }

  #workerOf({ worker }: WorkerPlace): MediaWorker {
    if (worker !== undefined && !this.#isClosed) return worker;
    throw new CodedError('room-unknown', 'There is no such room; open it first.', { roomId: this.id });
  }

  async #openAt(place: WorkerPlace): Promise<void> {
    const branch = this.#branches.get(place);
    const role: BranchRole = { number: this.#number, isHome: place === this.home };
    const request = { roomId: this.id, ...(this.#links === undefined ? {} : { role }) };
    await this.#workerOf(place).call('openRoom', request);
    if (branch !== undefined) branch.isOpen = true;
  }

  #openBranch(place: WorkerPlace): Branch {
    const others = [...this.#branches];
    const branch: Branch = { isOpen: false, opening: undefined, sessions: 0, unlinks: [] };
    this.#branches.set(place, branch);
    place.roomCount += 1;
    branch.opening = this.#join(place, branch, others);
    // Whoever waits for it is told.
    branch.opening.catch(() => {});
    return branch;
  }

  async #join(place: WorkerPlace, branch: Branch, others: readonly (readonly [WorkerPlace, Branch])[]): Promise<void> {
    try {
      await this.#introduce(place, branch, others);
      branch.opening = undefined;
    } catch (error) {
      // Closed with all others; there may be another room of its name by now.
      if (!this.#branches.delete(place)) throw error;
      place.roomCount -= 1;
      const forgetting = this.places.map((other) =>
        other.worker?.call('removeBranch', { roomId: this.id, worker: place.index }),
      );
      await Promise.allSettled([place.worker?.call('closeRoom', { roomId: this.id }), ...forgetting]);
      unlink(branch);
      throw error;
    }
  }

  /** First it knows the others, which then tell it what they publish: it would not know whose that is before. */
  async #introduce(
    place: WorkerPlace,
    branch: Branch,
    others: readonly (readonly [WorkerPlace, Branch])[],
  ): Promise<void> {
    const { id: roomId } = this;
    const worker = this.#workerOf(place);
    for (const [other] of others) if (this.#links !== undefined) branch.unlinks.push(this.#links.join(place, other));
    const opening = this.#openAt(place);
    const known = others.map(([other]) => worker.call('addBranch', { roomId, worker: other.index }));
    await Promise.all([opening, ...known]);
    await Promise.all(others.map((other) => this.#tell(other, place)));
  }

  /** Tells it to a branch that is there; one that could not be opened itself has nothing to tell, and one after it knows. */
  async #tell([other, branch]: readonly [WorkerPlace, Branch], place: WorkerPlace): Promise<void> {
    if (!this.#isClosed && this.#branches.get(other) !== branch) return;
    try {
      await this.#workerOf(other).call('addBranch', { roomId: this.id, worker: place.index });
    } catch (error) {
      await branch.opening?.catch(() => {});
      if (this.#isClosed || this.#branches.get(other) === branch) throw error;
    }
  }
}

function unlink({ unlinks }: Branch): void {
  for (const leave of unlinks.splice(0)) leave();
}
