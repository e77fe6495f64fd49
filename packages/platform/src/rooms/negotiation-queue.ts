import { CodedError } from '@rivero/core';
import type { SerialQueue } from './serial-queue.ts';

/**
 * Negotiations of one participant: one under way, and one that waits, such as that of its next peer connection. More are
 * refused, so that a room has no more than twice as many as participants.
 */
export const ownNegotiationsMax = 2;

/** Runs the negotiations of a room among its other operations, and so many of each participant at most. */
export class NegotiationQueue {
  readonly #queue: SerialQueue;
  /** Negotiations that are under way or wait, by participant. */
  readonly #own = new Map<string, number>();

  constructor(queue: SerialQueue) {
    this.#queue = queue;
  }

  /** Refused: `room-busy`. */
  async run<Value>(participantId: string, negotiation: () => Promise<Value>): Promise<Value> {
    const own = this.#own.get(participantId) ?? 0;
    if (own >= ownNegotiationsMax) {
      throw new CodedError('room-busy', 'Your last offers are not answered yet; try again in a moment.');
    }
    this.#own.set(participantId, own + 1);
    try {
      return await this.#queue.run(negotiation);
    } finally {
      const left = (this.#own.get(participantId) ?? 1) - 1;
      if (left > 0) this.#own.set(participantId, left);
      else this.#own.delete(participantId);
    }
  }
}
