import { assert, type Milliseconds, type MonotonicMs, after, monotonicMs } from '@rivero/core';

interface Event {
  readonly at: MonotonicMs;
  /** Breaks ties, so that events of one instant run in the order they were scheduled. */
  readonly order: number;
  readonly run: () => void;
}

/** The hand-turned clock: a queue of events in simulated time. Nothing in it sleeps. */
export class Simulation {
  #now = monotonicMs(0);
  #order = 0;
  readonly #heap: Event[] = [];

  get now(): MonotonicMs {
    return this.#now;
  }

  at(at: MonotonicMs, run: () => void): void {
    this.#push({ at: at < this.#now ? this.#now : at, order: this.#order++, run });
  }

  in(span: Milliseconds, run: () => void): void {
    this.at(after(this.#now, span), run);
  }

  /** Runs every event up to and at `span` from now; the clock stands there afterwards. */
  run(span: Milliseconds): void {
    const end = after(this.#now, span);
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > end) break;
      this.#pop();
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  #isBefore(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    return left.at < right.at || (left.at === right.at && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const event = this.#heap[a];
    this.#heap[a] = this.#heap[b];
    this.#heap[b] = event;
  }

  #push(event: Event): void {
    let child = this.#heap.push(event) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #pop(): void {
    assert(this.#heap.length > 0, 'popped an empty simulation');
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    let parent = 0;
    for (;;) {
      const left = parent * 2 + 1;
      const right = left + 1;
      let first = parent;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === parent) return;
      this.#swap(parent, first);
      parent = first;
    }
  }
}
