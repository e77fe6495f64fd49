import { after, milliseconds, type MonotonicMs, monotonicMs, never } from '@rivero/core';

/** Between two requests for a keyframe; an encoder that is asked more often only gets slower. */
const intervalFirst = milliseconds(500);
const intervalMax = milliseconds(4_000);

/** Decides when a publisher is asked for a keyframe: at once, then seldom, until one comes. */
export class KeyframeRequester {
  #isWanted = false;
  #lastAt: MonotonicMs | undefined;
  #interval = intervalFirst;
  requestCount = 0;

  /** Somebody needs a keyframe. */
  want(): void {
    if (!this.#isWanted) this.#interval = intervalFirst;
    this.#isWanted = true;
  }

  handleKeyframe(): void {
    this.#isWanted = false;
  }

  /** True when the publisher is to be asked now. */
  pollRequest(now: MonotonicMs): boolean {
    if (now < this.deadline()) return false;
    if (this.#lastAt !== undefined) this.#interval = milliseconds(Math.min(this.#interval * 1.5, intervalMax));
    this.#lastAt = now;
    this.requestCount += 1;
    return true;
  }

  deadline(): MonotonicMs {
    if (!this.#isWanted) return never;
    return this.#lastAt === undefined ? monotonicMs(0) : after(this.#lastAt, this.#interval);
  }
}
