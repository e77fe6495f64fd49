import type { PathHandle } from '@rivero/core';

/** Checks of one session that are remembered: minutes of them once a pair is nominated. */
export const transactionsMax = 128;

/**
 * The last transactions of one session, with the path that each came by. A retransmission comes by the path of the
 * first request; the same request by another path was overheard and sent again by somebody who has no credentials, to
 * draw the session to an address of theirs (RFC 8445 section 19.2 names the attack).
 */
export class TransactionWindow {
  readonly #paths = new Map<string, PathHandle>();

  /** True when this transaction came by another path before; else it is remembered. */
  isReplay(transactionId: Uint8Array, path: PathHandle): boolean {
    const key = String.fromCharCode(...transactionId);
    const known = this.#paths.get(key);
    if (known !== undefined) return known !== path;
    if (this.#paths.size >= transactionsMax) {
      const [oldest] = this.#paths.keys();
      this.#paths.delete(oldest);
    }
    this.#paths.set(key, path);
    return false;
  }
}
