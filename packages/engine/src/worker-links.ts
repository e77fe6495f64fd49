import { MessageChannel } from 'node:worker_threads';
import type { MediaWorker } from './media-worker.ts';
import { makeRingMemory } from './worker/index.ts';
import type { WorkerPlace } from './worker-places.ts';

/** What joins two workers for as many rooms as have branches in both. */
interface JoinedWorkers {
  /** No other link has it. */
  readonly number: number;
  readonly workers: readonly MediaWorker[];
  roomCount: number;
}

/** Which workers are linked with each other: each two while some room has branches in both. */
export class WorkerLinks {
  /** One of each two places: of those workers that are there now. */
  readonly #links = new Map<string, JoinedWorkers>();
  #count = 0;

  /**
   * For one room more, which has branches in both: they are linked if they are not, and whatever either is asked for after
   * that finds the link. Answers what takes the room from it again; with the last one the link is closed.
   */
  join(one: WorkerPlace, other: WorkerPlace): () => void {
    const [first, second] = [one.worker, other.worker];
    if (first === undefined || second === undefined) return () => {};
    const key = [one.index, other.index].toSorted((a, b) => a - b).join();
    const known = this.#links.get(key);
    // One of a worker that was replaced since is closed by its rooms, which are lost.
    const isThere = known?.workers.includes(first) === true && known.workers.includes(second);
    const link = isThere ? known : this.#open(key, [one, other], [first, second]);
    link.roomCount += 1;
    return () => this.#leave(key, link);
  }

  #open(
    key: string,
    [one, other]: readonly [WorkerPlace, WorkerPlace],
    workers: readonly [MediaWorker, MediaWorker],
  ): JoinedWorkers {
    this.#count += 1;
    const number = this.#count;
    const link: JoinedWorkers = { number, workers, roomCount: 0 };
    this.#links.set(key, link);
    const { port1, port2 } = new MessageChannel();
    const [there, back] = [makeRingMemory(), makeRingMemory()];
    const end = { number, worker: other.index, port: port1, outgoing: there, incoming: back };
    const otherEnd = { number, worker: one.index, port: port2, outgoing: back, incoming: there };
    const [first, second] = workers;
    // Rooms that want it find that it is not there, and the next one makes another.
    const forget = (): void => this.#forget(key, link);
    first.call('openLink', end, [port1]).catch(forget);
    second.call('openLink', otherEnd, [port2]).catch(forget);
    return link;
  }

  #leave(key: string, link: JoinedWorkers): void {
    link.roomCount -= 1;
    if (link.roomCount > 0) return;
    this.#forget(key, link);
    // Of one that is no more there is nothing to close.
    for (const worker of link.workers) worker.call('closeLink', { number: link.number }).catch(() => {});
  }

  #forget(key: string, link: JoinedWorkers): void {
    if (this.#links.get(key) === link) this.#links.delete(key);
  }
}
