import type { MonotonicMs } from './units.ts';

/**
 * The shape of every sans-IO core: it is told bytes and time and asked for output. Not a base class: cores with typed
 * inputs name them themselves, but the verbs and their meaning are these.
 *
 * After `handleInput` or `handleTimeout` the caller drains `pollOutput` until it answers `undefined` and sets its timer
 * to `deadline`.
 */
export interface Machine<Input, Output> {
  handleInput(input: Input, now: MonotonicMs): void;
  /** Called at or after `deadline()`; calling it early or twice is harmless. */
  handleTimeout(now: MonotonicMs): void;
  pollOutput(): Output | undefined;
  /** When `handleTimeout` wants to be called next; `never` when no timer is pending. */
  deadline(): MonotonicMs;
}
