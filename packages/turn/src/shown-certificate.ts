import { CodedError } from '@rivero/core';
import type { Log, TlsPair } from '@rivero/runtime';

/** The certificate that clients see: read again now and then, and another one only when it is good. */
export class ShownCertificate {
  readonly #read: () => Promise<TlsPair>;
  readonly #log: Log;
  #pair: TlsPair;

  private constructor(read: () => Promise<TlsPair>, log: Log, pair: TlsPair) {
    this.#read = read;
    this.#log = log;
    this.#pair = pair;
  }

  static async open(read: () => Promise<TlsPair>, log: Log): Promise<ShownCertificate> {
    return new ShownCertificate(read, log, await read());
  }

  get pair(): TlsPair {
    return this.#pair;
  }

  /** `show` throws for a pair that is none. */
  async reload(show: (pair: TlsPair) => void): Promise<void> {
    try {
      const pair = await this.#read();
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return;
      show(pair);
      this.#pair = pair;
      this.#log.info('the certificate has changed');
    } catch (error) {
      const facts = error instanceof CodedError ? { why: error.message } : { err: error };
      this.#log.warn(facts, 'the certificate was not read again, the old one stays');
    }
  }
}
