import { after, milliseconds, type MonotonicMs, monotonicMs, never } from '@rivero/core';

/** Between two pairs that are told: a peer may nominate another one with each check, and each is told to many. */
const interval = milliseconds(1_000);

/** When it is told that another pair was selected: at once, and the last of many that follow. */
export class PairNews {
  #isUntold = false;
  #toldAt = monotonicMs(Number.NEGATIVE_INFINITY);

  handleSelected(): void {
    this.#isUntold = true;
  }

  /** True when it is to be told now. */
  poll(now: MonotonicMs): boolean {
    if (now < this.deadline()) return false;
    this.#isUntold = false;
    this.#toldAt = now;
    return true;
  }

  deadline(): MonotonicMs {
    return this.#isUntold ? after(this.#toldAt, interval) : never;
  }
}
