import type { MonotonicMs } from '@rivero/core';
import type { TransportFeedback } from './transport-feedback.ts';

/** Remembers when packets arrived and tells their sender so, in feedback packets of bounded size. */
export class TransportFeedbackRecorder {
  constructor(options: { readonly senderSsrc: number; readonly mediaSsrc: number }) {
    void options;
  }

  /** A packet with this transport-wide sequence number arrived. */
  handleArrival(sequence: number, now: MonotonicMs): void {
    (void sequence, now);
  }

  /** Feedback about what arrived since the last one; call until it answers `undefined`. */
  pollFeedback(): TransportFeedback | undefined {
    return undefined;
  }
}
