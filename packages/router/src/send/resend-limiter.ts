import { type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';

/** Places in which the last resends are remembered, by sequence number. */
const places = 512;

/** Least time between two resends of one packet when the round-trip time is not known. */
const intervalDefault = milliseconds(20);

/** Packets of one consumer that go out again within a tenth of a second; a storm of requests ends here. */
export const resendsMax = 256;
const windowMs = 100;

/** Keeps a receiver's requests from costing more than they are worth. */
export class ResendLimiter {
  readonly #sequences = new Float64Array(places).fill(-1);
  readonly #times = new Float64Array(places);
  #windowStart = 0;
  #inWindow = 0;

  /** True when this packet may be sent again now, which is then remembered. */
  allows(sequence: number, roundTripTime: Milliseconds | undefined, now: MonotonicMs): boolean {
    if (now - this.#windowStart >= windowMs) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= resendsMax) return false;
    const place = sequence % places;
    const interval = roundTripTime === undefined ? intervalDefault : Math.min(roundTripTime * 0.8, 200);
    if (this.#sequences[place] === sequence && now - this.#times[place] < interval) return false;
    this.#sequences[place] = sequence;
    this.#times[place] = now;
    this.#inWindow += 1;
    return true;
  }
}
