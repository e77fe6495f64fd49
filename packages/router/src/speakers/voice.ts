import { type Milliseconds, milliseconds, type MonotonicMs, monotonicMs } from '@rivero/core';
import { audioLevelSilence } from '@rivero/protocol/rtp';

/**
 * What is louder may be speech, in -dBov as on the wire. The voice bit is not asked: browsers set it in every packet, and
 * RFC 6464 section 3 lets a sender that cannot tell leave it out.
 */
export const speechLevel = 50;

/** Sound of that length is speech, not a click. */
export const speechMin = milliseconds(250);

/** Pauses up to that length, as between syllables, do not end a sound. */
export const syllableGapMax = milliseconds(120);

/** Time constant of the smoothed level. */
const levelWindow = milliseconds(400);

/** How loud one track is, and since when. Fed with the level of every packet: no allocation, no clock. */
export class Voice {
  readonly trackId: string;
  /** Smoothed, in -dBov: 0 is the loudest. */
  level = audioLevelSilence;
  isSpeaking = false;
  #at = monotonicMs(Number.NEGATIVE_INFINITY);
  #loudSince = monotonicMs(0);
  #loudAt = monotonicMs(Number.NEGATIVE_INFINITY);

  constructor(trackId: string) {
    this.trackId = trackId;
  }

  /** A packet of that level, 0 to 127, in -dBov; true: it is loud, and the sound so far is long enough to be speech. */
  handleLevel(level: number, now: MonotonicMs): boolean {
    this.level += (level - this.level) * Math.min(1, (now - this.#at) / levelWindow);
    this.#at = now;
    if (level >= speechLevel) return false;
    if (now - this.#loudAt > syllableGapMax) this.#loudSince = now;
    this.#loudAt = now;
    return now - this.#loudSince >= speechMin;
  }

  /** For how long it has been quiet, or silent. */
  quietFor(now: MonotonicMs): Milliseconds {
    return milliseconds(now - this.#loudAt);
  }
}
