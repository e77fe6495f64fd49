import { after, type Milliseconds, milliseconds, type MonotonicMs, never } from '@rivero/core';

/** First retransmission timeout (RFC 8489 section 6.2.1); doubles each time. */
const retransmissionTimeoutFirst = milliseconds(500);

/** Rc: requests of one transaction before it has failed (RFC 8489 section 6.2.1). */
const requestsMax = 7;

/** Rm: how long the last one waits. */
const lastTimeout = milliseconds(16 * retransmissionTimeoutFirst);

/** From the first request of a transaction to its failure: 39.5 s; over connections without any retransmission (section 6.2.2). */
export const transactionLifetime = milliseconds(
  (2 ** (requestsMax - 1) - 1) * retransmissionTimeoutFirst + lastTimeout,
);

export interface StunTransactionOptions {
  /** 12 bytes. */
  readonly id: Uint8Array;
  /** What is sent, and sent again. */
  readonly bytes: Uint8Array;
  /** False over connections, which lose nothing. */
  readonly isRetransmitted: boolean;
  /** Given up after that, if it is earlier than {@link transactionLifetime}. */
  readonly patience?: Milliseconds;
}

/** A request until its response: sent at once by whoever began it, and again when {@link handleTimeout} says so. */
export class StunTransaction {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  readonly #isRetransmitted: boolean;
  readonly #endsAt: MonotonicMs;
  #requests = 1;
  #timeout = retransmissionTimeoutFirst;
  #repeatAt: MonotonicMs = never;

  constructor(
    { id, bytes, isRetransmitted, patience = transactionLifetime }: StunTransactionOptions,
    now: MonotonicMs,
  ) {
    this.id = id;
    this.bytes = bytes;
    this.#isRetransmitted = isRetransmitted;
    this.#endsAt = after(now, milliseconds(Math.min(patience, transactionLifetime)));
    this.#setRepeat(now);
  }

  deadline(): MonotonicMs {
    return this.#repeatAt < this.#endsAt ? this.#repeatAt : this.#endsAt;
  }

  /** What is to be done at this time. */
  handleTimeout(now: MonotonicMs): 'repeat' | 'failed' | undefined {
    if (now >= this.#endsAt) return 'failed';
    if (now < this.#repeatAt) return undefined;
    this.#requests += 1;
    this.#timeout = milliseconds(this.#timeout * 2);
    this.#setRepeat(now);
    return 'repeat';
  }

  isAnsweredBy(transactionId: Uint8Array): boolean {
    return this.id.every((byte, i) => byte === transactionId[i]);
  }

  #setRepeat(now: MonotonicMs): void {
    const isLast = !this.#isRetransmitted || this.#requests >= requestsMax;
    this.#repeatAt = isLast ? never : after(now, this.#timeout);
  }
}
