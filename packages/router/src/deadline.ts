import { type MonotonicMs, never } from '@rivero/core';

/** A point at or before the earliest of many deadlines; brought forward by whoever sets one, reckoned anew when it is due. */
export class Deadline {
  at: MonotonicMs = never;

  bringForward(to: MonotonicMs): void {
    if (to < this.at) this.at = to;
  }
}
