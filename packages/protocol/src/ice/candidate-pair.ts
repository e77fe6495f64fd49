import {
  after,
  elapsed,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  never,
  type PathHandle,
} from '@rivero/core';

/** First retransmission timeout of a check (RFC 8445 section 14.3); doubles each time. */
const retransmissionTimeoutFirst = milliseconds(500);

/** Requests of one transaction before it has failed, and how long its last one waits (RFC 8489 section 6.2.1). */
const requestsMax = 7;
const lastTimeout = milliseconds(16 * retransmissionTimeoutFirst);

/** One path to a candidate of the peer's, as the controlling agent checks it, and the transaction that is on its way. */
export class CandidatePair {
  readonly path: PathHandle;
  readonly priority: number;
  state: 'waiting' | 'in-progress' | 'succeeded' | 'failed' = 'waiting';
  /** A check with USE-CANDIDATE is on its way. */
  isNominating = false;
  /** A check by it was answered once. */
  isValidated = false;
  /** When something of the peer's last came by it. */
  heardAt: MonotonicMs | undefined;
  /** Of the last check that was answered without a retransmission; else nobody knows which request was answered. */
  roundTripTime: Milliseconds | undefined;
  #transactionId: Uint8Array = new Uint8Array(12);
  #requests = 0;
  #sentAt: MonotonicMs = never;
  #retransmitAt: MonotonicMs = never;
  #timeout = retransmissionTimeoutFirst;

  constructor(path: PathHandle, priority: number) {
    this.path = path;
    this.priority = priority;
  }

  get transactionId(): Uint8Array {
    return this.#transactionId;
  }

  /** When the check in flight is sent again or has failed. */
  deadline(): MonotonicMs {
    return this.#retransmitAt;
  }

  /** A new check, in place of the one in flight. */
  startCheck(transactionId: Uint8Array, isNominating: boolean, now: MonotonicMs): void {
    this.#transactionId = transactionId;
    this.isNominating = isNominating;
    this.#requests = 0;
    this.#timeout = retransmissionTimeoutFirst;
    this.#countRequest(now);
  }

  /** False when the check has been sent often enough: it has failed. */
  repeatCheck(now: MonotonicMs): boolean {
    if (this.#requests >= requestsMax) return false;
    this.#timeout = milliseconds(this.#timeout * 2);
    this.#countRequest(now);
    return true;
  }

  isAnsweredBy(transactionId: Uint8Array): boolean {
    return this.#retransmitAt !== never && this.#transactionId.every((byte, i) => byte === transactionId[i]);
  }

  succeed(now: MonotonicMs): void {
    this.#retransmitAt = never;
    this.state = 'succeeded';
    this.isValidated = true;
    this.heardAt = now;
    if (this.#requests === 1) this.roundTripTime = elapsed(this.#sentAt, now);
  }

  fail(): void {
    this.#retransmitAt = never;
    this.state = 'failed';
    this.isNominating = false;
  }

  #countRequest(now: MonotonicMs): void {
    this.#requests += 1;
    this.#sentAt = now;
    this.#retransmitAt = after(now, this.#requests === requestsMax ? lastTimeout : this.#timeout);
  }
}
