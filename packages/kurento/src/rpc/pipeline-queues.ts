/** What of one pipeline has not ended. */
interface Queue {
  length: number;
  last: Promise<void>;
}

/**
 * Runs tasks of one pipeline one after another in the order they came, and those of different pipelines beside each
 * other. A task of several pipelines waits for all of them, and all of them wait for it.
 */
export class PipelineQueues {
  readonly #queues = new Map<string, Queue>();

  /** Pipelines with tasks that have not ended. */
  get size(): number {
    return this.#queues.size;
  }

  /** Resolves or rejects as the task does. Whoever need not wait starts before this returns. */
  run<Value>(pipelines: ReadonlySet<string>, task: () => Promise<Value>): Promise<Value> {
    const before = [...pipelines].flatMap((pipeline) => this.#queues.get(pipeline)?.last ?? []);
    const ended = before.length === 0 ? task() : Promise.all(before).then(task);
    const last = this.#leave(ended, pipelines);
    for (const pipeline of pipelines) {
      const length = this.#queues.get(pipeline)?.length ?? 0;
      this.#queues.set(pipeline, { length: length + 1, last });
    }
    return ended;
  }

  async #leave(ended: Promise<unknown>, pipelines: ReadonlySet<string>): Promise<void> {
    await Promise.allSettled([ended]);
    for (const pipeline of pipelines) {
      const queue = this.#queues.get(pipeline);
      if (queue === undefined) continue;
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(pipeline);
    }
  }
}
