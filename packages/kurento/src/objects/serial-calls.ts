import { KurentoError } from '../kurento-error.ts';

/** Runs the operations of one object one after the other, the first at once. */
export class SerialCalls {
  readonly #waitingMax: number;
  /** Ends when all that was asked has ended; undefined: nothing runs. */
  #last: Promise<void> | undefined;
  #waiting = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Refused with `NOT_ENOUGH_RESOURCES` when too many wait. */
  async run<Value>(call: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= this.#waitingMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', `More than ${this.#waitingMax} operations wait for this object`);
    }
    return this.runLast(call);
  }

  /** The same, however many wait. */
  async runLast<Value>(call: () => Promise<Value>): Promise<Value> {
    const before = this.#last;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#last = ended;
    if (before !== undefined) {
      this.#waiting += 1;
      await before;
      this.#waiting -= 1;
    }
    try {
      return await call();
    } finally {
      if (this.#last === ended) this.#last = undefined;
      end();
    }
  }
}
