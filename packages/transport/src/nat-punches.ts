import {
  after,
  Counters,
  milliseconds,
  type MonotonicMs,
  never,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { serializeStunMessage } from '@rivero/protocol/stun';

export interface NatPunchesOptions {
  readonly datapath: Datapath;
  readonly random: RandomBytes;
}

export const punchCounters = ['punched', 'unreachable', 'too-many'] as const;

/** Second punches that are still to come, of one worker. */
export const punchesMax = 4_096;

/** The second one, in case that the first was lost. */
const repeatInterval = milliseconds(1_000);

/**
 * Sends something from the media socket to addresses that peers will check us from: a NAT before us then lets their checks
 * in, as most do for addresses that were sent to (RFC 4787 section 5). A lite agent sends no checks that would do it.
 */
export class NatPunches {
  readonly counters = new Counters(punchCounters);
  readonly #options: NatPunchesOptions;
  /** In the order of their times. */
  readonly #waiting: { readonly remote: TransportAddress; readonly at: MonotonicMs }[] = [];

  constructor(options: NatPunchesOptions) {
    this.#options = options;
  }

  punch(remote: TransportAddress, now: MonotonicMs): void {
    if (!this.#send(remote)) return this.counters.count('unreachable');
    if (this.#waiting.length >= punchesMax) return this.counters.count('too-many');
    this.#waiting.push({ remote, at: after(now, repeatInterval) });
  }

  handleTimeout(now: MonotonicMs): void {
    while (this.deadline() <= now) {
      const due = this.#waiting.shift();
      if (due !== undefined) this.#send(due.remote);
    }
  }

  deadline(): MonotonicMs {
    return this.#waiting.at(0)?.at ?? never;
  }

  /** A Binding indication: it keeps what NATs know, and nobody answers it (RFC 8489 section 2). */
  #send(remote: TransportAddress): boolean {
    const { datapath, random } = this.#options;
    const path = datapath.paths.openDatagram(remote);
    if (path === undefined) return false;
    this.counters.count('punched');
    const transactionId = random(12);
    const message = {
      method: 'binding',
      class: 'indication',
      transactionId,
      attributes: [],
      fingerprint: true,
    } as const;
    datapath.sendDatagram(path, serializeStunMessage(message));
    return true;
  }
}
