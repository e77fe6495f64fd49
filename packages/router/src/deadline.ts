import { type MonotonicMs, monotonicMs, never } from '@rivero/core';

/** A point at or before the earliest of many deadlines; brought forward by whoever sets one, reckoned anew when it is due. */
export class Deadline {
  at: MonotonicMs = never;

  bringForward(to: MonotonicMs): void {
    if (to < this.at) this.at = to;
  }
}

/** In ms. */
const grid = 20;

/**
 * The last point of a grid of 20 ms that is not after it: what is due of many sessions is done at one wake-up. Each costs
 * as much as the room is large.
 */
export function onGrid(at: MonotonicMs): MonotonicMs {
  return monotonicMs(Math.floor(at / grid) * grid);
}
