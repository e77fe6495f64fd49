/** Runs asynchronous operations one after the other, so that what they do has an order. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Operations that run or wait. */
  get waiting(): number {
    return this.#waiting;
  }

  async run<Value>(operation: () => Promise<Value>): Promise<Value> {
    this.#waiting += 1;
    const result = this.#runAfter(this.#tail, operation);
    this.#tail = result.catch(() => {});
    return await result;
  }

  async #runAfter<Value>(before: Promise<unknown>, operation: () => Promise<Value>): Promise<Value> {
    await before;
    try {
      return await operation();
    } finally {
      this.#waiting -= 1;
    }
  }
}
