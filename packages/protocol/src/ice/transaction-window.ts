import type { PathHandle } from '@rivero/core';

/** Checks without nomination that are remembered under one password. */
export const transactionsMax = 128;

/** Checks with nomination that are: hours of them from a browser that nominates with every check. */
export const nominationsMax = 4_096;

/** The newest transactions, each with its path: 12 bytes a transaction, because a worker has thousands of sessions. */
class TransactionRing {
  readonly #max: number;
  #ids = new Float64Array(16);
  #paths = new Uint32Array(16);
  #count = 0;
  #next = 0;

  constructor(max: number) {
    this.#max = max;
  }

  find(id: number): PathHandle | undefined {
    const place = this.#ids.subarray(0, this.#count).indexOf(id);
    return place === -1 ? undefined : (this.#paths[place] as PathHandle);
  }

  add(id: number, path: PathHandle): void {
    if (this.#next === this.#ids.length && this.#next < this.#max) this.#grow();
    if (this.#next === this.#max) this.#next = 0;
    this.#ids[this.#next] = id;
    this.#paths[this.#next] = path;
    this.#next += 1;
    this.#count = Math.max(this.#count, this.#next);
  }

  #grow(): void {
    const length = Math.min(this.#ids.length * 2, this.#max);
    const ids = new Float64Array(length);
    const paths = new Uint32Array(length);
    ids.set(this.#ids);
    paths.set(this.#paths);
    this.#ids = ids;
    this.#paths = paths;
  }
}

/**
 * The transactions under one password, with the path that each came by. A retransmission comes by the path of the
 * first request; the same request by another path was overheard and sent again by somebody who has no credentials, to
 * draw the session to an address of theirs (RFC 8445 section 19.2 names the attack). Those that nominate would draw it
 * at once, and are remembered for longer.
 */
export class TransactionWindow {
  readonly #checks = new TransactionRing(transactionsMax);
  readonly #nominations = new TransactionRing(nominationsMax);

  /** True when this transaction came by another path before; else it is remembered. */
  isReplay(transactionId: Uint8Array, path: PathHandle, nominates: boolean): boolean {
    const ring = nominates ? this.#nominations : this.#checks;
    const id = shortId(transactionId);
    const known = ring.find(id);
    if (known === undefined) ring.add(id, path);
    return known !== undefined && known !== path;
  }
}

/** 48 of the 96 bits, from both halves: two of a session's checks are never alike in practice, and one too few does no harm. */
function shortId(bytes: Uint8Array): number {
  let id = 0;
  for (let i = 0; i < 6; i++) id = id * 256 + (bytes[i] ^ bytes[i + 6]);
  return id;
}
