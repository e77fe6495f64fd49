import { MessageChannel } from 'node:worker_threads';
import type { MediaWorker } from './media-worker.ts';
import { makeRingMemory } from './worker/index.ts';
import type { WorkerPlace } from './worker-places.ts';

/** Which workers are linked with each other: each two when a room first has branches in both. */
export class WorkerLinks {
  /** By worker, those with which it is linked: none of them outlives the other one's death. */
  readonly #linked = new WeakMap<MediaWorker, WeakSet<MediaWorker>>();

  /** Links them if they are not; whatever either is asked for after that finds the link. */
  link(one: WorkerPlace, other: WorkerPlace): void {
    const [first, second] = [one.worker, other.worker];
    if (first === undefined || second === undefined || this.#linked.get(first)?.has(second) === true) return;
    this.#note(first, second);
    this.#note(second, first);
    const { port1, port2 } = new MessageChannel();
    const [there, back] = [makeRingMemory(), makeRingMemory()];
    const end = { worker: other.index, port: port1, outgoing: there, incoming: back };
    const otherEnd = { worker: one.index, port: port2, outgoing: back, incoming: there };
    const forget = (): void => {
      this.#linked.get(first)?.delete(second);
      this.#linked.get(second)?.delete(first);
    };
    first.call('openLink', end, [port1]).catch(forget);
    second.call('openLink', otherEnd, [port2]).catch(forget);
  }

  #note(worker: MediaWorker, other: MediaWorker): void {
    const known = this.#linked.get(worker) ?? new WeakSet();
    known.add(other);
    this.#linked.set(worker, known);
  }
}
