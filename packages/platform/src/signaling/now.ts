import { type MonotonicMs, monotonicMs } from '@rivero/core';

/** The clock of the sockets. */
export function now(): MonotonicMs {
  return monotonicMs(performance.now());
}
