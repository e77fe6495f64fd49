import { CodedError } from '@rivero/core';

/** Operations of one room that may wait; more are refused. */
export const waitingMax = 2_000;

/** Runs asynchronous operations one after the other, so that what one room does has an order. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  async run<Value>(operation: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= waitingMax)
      throw new CodedError('room-busy', 'The room is overloaded; try again in a moment.');
    this.#waiting += 1;
    const before = this.#tail;
    const result = (async () => {
      await before;
      return await operation();
    })();
    this.#tail = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#waiting -= 1;
    }
  }
}
