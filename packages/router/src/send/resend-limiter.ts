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
  /** 8 KiB that most senders never need: made at the first request. */
  #last: { readonly sequences: Float64Array; readonly times: Float64Array } | undefined;
  #windowStart = 0;
  #inWindow = 0;

  /** True when this packet may be sent again now, which is then remembered. */
  allows(sequence: number, roundTripTime: Milliseconds | undefined, now: MonotonicMs): boolean {
    if (now - this.#windowStart >= windowMs) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= resendsMax) return false;
    this.#last ??= { sequences: new Float64Array(places).fill(-1), times: new Float64Array(places) };
    const { sequences, times } = this.#last;
    const place = sequence % places;
    const interval = roundTripTime === undefined ? intervalDefault : Math.min(roundTripTime * 0.8, 200);
    if (sequences[place] === sequence && now - times[place] < interval) return false;
    sequences[place] = sequence;
    times[place] = now;
    this.#inWindow += 1;
    return true;
  }
}
