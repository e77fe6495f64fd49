import { Deadlines, type MonotonicMs, never } from '@rivero/core';
import { clock } from './clock.ts';

/** The longest that Node's timers wait. */
const waitMax = 2 ** 31 - 1;

/** Called when its time has come. */
export type Ring = () => void;

/** Everything that waits for its time, by one timer, which keeps no program alive. */
export class Alarms {
  readonly #deadlines = new Deadlines<Ring>();
  #timer: NodeJS.Timeout | undefined;
  #armedFor: MonotonicMs = never;

  /** Each `ring` has one time: another one moves it, `never` takes it away. */
  set(ring: Ring, at: MonotonicMs): void {
    this.#deadlines.set(ring, at);
    this.#arm();
  }

  delete(ring: Ring): void {
    this.set(ring, never);
  }

  /** Nothing rings any more. */
  stop(): void {
    for (let ring = this.#deadlines.takeDue(never); ring !== undefined; ring = this.#deadlines.takeDue(never));
    this.#arm();
  }

  #arm(): void {
    const first = this.#deadlines.first();
    if (first === this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = first;
    if (first === never) return;
    this.#timer = setTimeout(() => this.#handleTimeout(), Math.min(waitMax, Math.max(0, Math.ceil(first - clock()))));
    this.#timer.unref();
  }

  #handleTimeout(): void {
    this.#armedFor = never;
    try {
      // What is set while these ring waits for the next turn of the event loop.
      const now = clock();
      for (let ring = this.#deadlines.takeDue(now); ring !== undefined; ring = this.#deadlines.takeDue(now)) ring();
    } finally {
      this.#arm();
    }
  }
}
