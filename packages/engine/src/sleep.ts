import type { Milliseconds } from '@rivero/core';

/** Waits, but keeps no program running. */
export function sleep(span: Milliseconds): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, span).unref());
}
