import { monotonicMs, type MonotonicMs } from '@rivero/core';

/** What a driver drives: it is told the time and says when it wants to be told again. */
export interface Driven {
  handleTimeout(now: MonotonicMs): void;
  deadline(): MonotonicMs;
}

/** The longest sleep; setTimeout takes no more than 2^31 - 1 ms, and a day is as good as never. */
const sleepMaxMs = 24 * 3600 * 1000;

/** The monotonic clock of this thread. */
export function monotonicNow(): MonotonicMs {
  return monotonicMs(performance.now());
}

/** One timer for everything in a worker. */
export class Driver {
  readonly #driven: Driven;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(driven: Driven) {
    this.#driven = driven;
  }

  /**
   * Called after anything may have moved the deadline. The timer of one that moved further away stays, and finds nothing due: most move
   * away, many times before they would be due, and to set a timer takes longer than to wake up once too often.
   */
  arm(): void {
    const deadline = this.#driven.deadline();
    if (deadline >= this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = deadline;
    // Timers know whole milliseconds only, and drop the rest: most would wake before the deadline, and again.
    const span = Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), sleepMaxMs);
    this.#timer = setTimeout(() => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      this.#driven.handleTimeout(monotonicNow());
      this.arm();
    }, span);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
