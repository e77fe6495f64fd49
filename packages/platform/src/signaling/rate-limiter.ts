import { elapsed, type MonotonicMs } from '@rivero/core';

/** Messages that may come at once, and how many a second for long. */
export const burstMax = 100;
export const messagesPerSecond = 30;

/** A token bucket for one socket. */
export class RateLimiter {
  #tokens = burstMax;
  #filledAt: MonotonicMs;

  constructor(now: MonotonicMs) {
    this.#filledAt = now;
  }

  allows(now: MonotonicMs): boolean {
    this.#tokens = Math.min(burstMax, this.#tokens + (elapsed(this.#filledAt, now) / 1000) * messagesPerSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
