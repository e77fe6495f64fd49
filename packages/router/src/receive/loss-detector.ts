import { after, earliest, elapsed, milliseconds, type MonotonicMs, never } from '@rivero/core';

/** Packets may overtake each other by that much before one is called lost. */
const reorderTolerance = milliseconds(10);

/** Requests for one packet, and how long they are made: after that its frame is given up. */
const requestsMax = 10;
const lossAgeMax = milliseconds(800);

/** Lost packets followed at once; a longer burst is repaired by a keyframe. */
export const lossesMax = 512;

/** Least time between two requests for one packet. */
const retryIntervalMin = milliseconds(30);

/** RTT to assume before one was measured. */
const roundTripTimeDefault = milliseconds(80);

interface Loss {
  readonly noticedAt: MonotonicMs;
  requests: number;
  /** When it was asked for last. */
  requestedAt: MonotonicMs;
  nextAt: MonotonicMs;
}

/** Weight of a new round-trip time in the smoothed one (RFC 6298 section 2). */
const roundTripTimeGain = 1 / 8;

/** Notices gaps in one stream's sequence numbers and says when to ask for which packet (RFC 4585 section 6.2.1). */
export class LossDetector {
  readonly #losses = new Map<number, Loss>();
  #newest: number | undefined;
  #hasGivenUp = false;
  /** Smoothed time from a request to its packet, where one request was enough. */
  #roundTripTime: number | undefined;
  givenUpCount = 0;
  recoveredCount = 0;

  /** An extended sequence number arrived, in whatever order. */
  handleArrival(sequence: number, now: MonotonicMs): void {
    const newest = this.#newest;
    if (newest === undefined || sequence === newest + 1) {
      this.#newest = sequence;
      return;
    }
    if (sequence <= newest) {
      this.#handleRecovery(sequence, now);
      return;
    }
    this.#newest = sequence;
    const lostCount = this.#losses.size + (sequence - newest - 1);
    if (lostCount > lossesMax) {
      this.#losses.clear();
      this.givenUpCount += lostCount;
      this.#hasGivenUp = true;
      return;
    }
    for (let lost = newest + 1; lost < sequence; lost++) {
      this.#losses.set(lost, {
        noticedAt: now,
        requests: 0,
        requestedAt: now,
        nextAt: after(now, reorderTolerance),
      });
    }
  }

  /** Forgets everything: another stream begins. */
  reset(): void {
    this.#losses.clear();
    this.#newest = undefined;
    this.#hasGivenUp = false;
  }

  /** The packets to ask for now, in order (16-bit numbers). */
  pollRequests(now: MonotonicMs): readonly number[] {
    const wanted: number[] = [];
    const retry = milliseconds(Math.max(retryIntervalMin, (this.#roundTripTime ?? roundTripTimeDefault) * 1.2));
    for (const [sequence, loss] of this.#losses) {
      const isDue = loss.nextAt <= now;
      if ((isDue && loss.requests >= requestsMax) || elapsed(loss.noticedAt, now) > lossAgeMax) {
        this.#losses.delete(sequence);
        this.givenUpCount += 1;
        this.#hasGivenUp = true;
      } else if (isDue) {
        loss.requests += 1;
        loss.requestedAt = now;
        loss.nextAt = after(now, retry);
        wanted.push(sequence & 0xffff);
      }
    }
    return wanted;
  }

  /** True once after something was given up: only a keyframe helps now. */
  takeGivenUp(): boolean {
    const hasGivenUp = this.#hasGivenUp;
    this.#hasGivenUp = false;
    return hasGivenUp;
  }

  #handleRecovery(sequence: number, now: MonotonicMs): void {
    const loss = this.#losses.get(sequence);
    if (loss === undefined) return;
    this.#losses.delete(sequence);
    this.recoveredCount += 1;
    if (loss.requests !== 1) return;
    const sample = elapsed(loss.requestedAt, now);
    const before = this.#roundTripTime ?? sample;
    this.#roundTripTime = before + (sample - before) * roundTripTimeGain;
  }

  deadline(): MonotonicMs {
    let first = never;
    // Asked after each packet.
    if (this.#losses.size === 0) return first;
    for (const { nextAt } of this.#losses.values()) first = earliest(first, nextAt);
    return first;
  }
}
