import { elapsed, type Milliseconds, milliseconds, type MonotonicMs, monotonicMs } from '@rivero/core';
import { liftedBitrate } from './bitrate-cap.ts';

/** A receiver that lost more of the packets between two reports is short of bandwidth (as in draft-ietf-rmcat-gcc-02 section 6). */
const lostMax = 0.02;

/** A round trip that much longer than the shortest one waits in queues that fill. */
const queueingMax = milliseconds(200);

/** As libwebrtc's receivers raise their estimates: 8 % a second. */
const growthPerSecond = 1.08;

/** How a receiver's path is, by its newest reports. */
export interface PathCondition {
  /** A fraction of 1. */
  readonly fractionLost: number;
  readonly roundTripTime: Milliseconds | undefined;
}

/**
 * What a receiver can take, by what it says (REMB) and by how its path is. What it says follows what comes: a picture
 * that stands still has it say little, and a publisher that kept to that could never send more again. The pace of the
 * publisher looks like a queue to it, too. So it is believed while its path shows that it is full; after that it is given more
 * and more.
 */
export class ReceiverEstimate {
  /** Bits per second; infinite: its path was never full, or is not any more. */
  takes = Number.POSITIVE_INFINITY;
  #at = monotonicMs(0);
  #shortestRoundTrip = Number.POSITIVE_INFINITY;

  /** The receiver's word; the condition is that of its video, the worst where it has several. */
  handle(bitrate: number, { fractionLost, roundTripTime }: PathCondition, now: MonotonicMs): void {
    if (roundTripTime !== undefined) this.#shortestRoundTrip = Math.min(this.#shortestRoundTrip, roundTripTime);
    const isQueueing = roundTripTime !== undefined && roundTripTime > this.#shortestRoundTrip + queueingMax;
    if (fractionLost > lostMax || isQueueing) {
      this.takes = bitrate;
    } else {
      const grown = this.takes * growthPerSecond ** (elapsed(this.#at, now) / 1_000);
      const more = Math.max(bitrate, grown);
      this.takes = more > liftedBitrate ? Number.POSITIVE_INFINITY : more;
    }
    this.#at = now;
  }
}
