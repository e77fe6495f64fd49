import { type Milliseconds, milliseconds } from '@rivero/core';

/**
 * A second signal this soon after the first is the same one: on Ctrl-C the terminal signals the whole process group,
 * and npm passes its own copy on.
 */
const sameSignalSpan = milliseconds(500);

export interface StopSignalOptions {
  /** Called for a second signal: the person will not wait. */
  readonly onSecond: (signal: NodeJS.Signals) => void;
  readonly now: () => Milliseconds;
}

/** Where signals come from: `process`, or an EventEmitter in tests. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Resolves at the first SIGINT or SIGTERM. */
export function waitForStopSignal(source: SignalSource, { onSecond, now }: StopSignalOptions): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: Milliseconds | undefined;
    const handle = (signal: NodeJS.Signals): void => {
      if (first === undefined) {
        first = now();
        resolve(signal);
      } else if (now() - first >= sameSignalSpan) {
        onSecond(signal);
      }
    };
    source.on('SIGINT', handle);
    source.on('SIGTERM', handle);
  });
}
