import { after, milliseconds, type MonotonicMs, monotonicMs, never } from '@rivero/core';

/** A track of which nothing came for that long flows no more. */
export const flowGapMax = milliseconds(2_000);

/** Whether packets of one track come: from the first one on, until none came for two seconds. */
export class Flow {
  isFlowing = false;
  #told = false;
  #lastAt = monotonicMs(0);

  /** True when it begins with this packet. */
  handlePacket(now: MonotonicMs): boolean {
    this.#lastAt = now;
    if (this.isFlowing) return false;
    this.isFlowing = true;
    return true;
  }

  /** True when it stops. */
  handleTimeout(now: MonotonicMs): boolean {
    if (now < this.deadline()) return false;
    this.isFlowing = false;
    return true;
  }

  deadline(): MonotonicMs {
    return this.isFlowing ? after(this.#lastAt, flowGapMax) : never;
  }

  /** Whether it flows, if that is not what was told last. */
  takeChange(): boolean | undefined {
    if (this.#told === this.isFlowing) return undefined;
    this.#told = this.isFlowing;
    return this.#told;
  }
}
