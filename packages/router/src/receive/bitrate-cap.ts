import {
  after,
  type BitsPerSecond,
  bitsPerSecond,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  never,
} from '@rivero/core';
import type { SessionLimits } from '../parameters.ts';

/** Between two messages, as libwebrtc's own receivers send them. */
const interval = milliseconds(1_000);

/** A receiver that takes less than was told is not kept waiting for longer. */
const intervalMin = milliseconds(200);

/** What is told when a limit is no more, as the publisher would keep to it for ever; several times, as one may be lost. */
export const liftedBitrate = bitsPerSecond(2 ** 30);
const liftsMax = 3;

/** No publisher is told less for a receiver's sake: below that there is no picture, and it would be gone for all the others too. */
export const followedMin = bitsPerSecond(30_000);

const none = bitsPerSecond(0);

/** Decides what a publisher is told to send at most (REMB), and when. */
export class BitrateCap {
  #limits: SessionLimits = { receiveMin: none, receiveMax: none, sendMax: none, followsReceivers: false };
  /** What was told last; 0: no limit. */
  told: BitsPerSecond = none;
  #toldAt = monotonicMs(Number.NEGATIVE_INFINITY);
  #deadline: MonotonicMs = never;
  #liftsLeft = 0;

  get limits(): SessionLimits {
    return this.#limits;
  }

  /** From now on; {@link poll} has the consequence at once. */
  setLimits(limits: SessionLimits, now: MonotonicMs): void {
    this.#limits = limits;
    this.#deadline = now;
  }

  /** Somebody can be told only now. */
  handleConnected(now: MonotonicMs): void {
    if (this.#hasLimits()) this.#deadline = now;
  }

  /** One of the receivers takes no more than that; infinite: it says nothing. */
  handleReceiver(takes: number, now: MonotonicMs): void {
    const told = this.told === 0 ? Number.POSITIVE_INFINITY : this.told;
    if (!this.#limits.followsReceivers || takes >= told) return;
    const soon = monotonicMs(Math.max(now, after(this.#toldAt, intervalMin)));
    if (soon < this.#deadline) this.#deadline = soon;
  }

  deadline(): MonotonicMs {
    return this.#deadline;
  }

  /** Nobody can be told yet. */
  postpone(now: MonotonicMs): void {
    this.#deadline = this.#hasLimits() ? after(now, interval) : never;
  }

  /** What the publisher is told now, if it is time; `receiversTake`: the least of its receivers, infinite without a limit. */
  poll(receiversTake: () => number, now: MonotonicMs): BitsPerSecond | undefined {
    if (now < this.#deadline) return undefined;
    const { receiveMin, receiveMax, followsReceivers } = this.#limits;
    const own = receiveMax === 0 ? Number.POSITIVE_INFINITY : receiveMax;
    const followed = followsReceivers ? Math.max(receiversTake(), followedMin) : Number.POSITIVE_INFINITY;
    const least = Math.min(own, followed);
    if (least !== Number.POSITIVE_INFINITY) {
      this.#liftsLeft = liftsMax;
      return this.#tell(bitsPerSecond(Math.max(least, receiveMin)), now);
    }
    this.told = none;
    this.#deadline = never;
    if (this.#liftsLeft === 0) return undefined;
    this.#liftsLeft -= 1;
    this.#toldAt = now;
    if (this.#liftsLeft > 0) this.#deadline = after(now, interval);
    return liftedBitrate;
  }

  #tell(bitrate: BitsPerSecond, now: MonotonicMs): BitsPerSecond {
    this.told = bitrate;
    this.#toldAt = now;
    this.#deadline = after(now, interval);
    return bitrate;
  }

  #hasLimits(): boolean {
    return this.#limits.receiveMax !== 0 || this.#limits.followsReceivers;
  }
}
