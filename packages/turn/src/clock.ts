import { type MonotonicMs, monotonicMs } from '@rivero/core';

/** The monotonic clock of everything here. */
export function clock(): MonotonicMs {
  return monotonicMs(performance.now());
}
