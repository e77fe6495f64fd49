import { type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';
import { readFrameMark } from './synthetic-video.ts';

interface Frame {
  readonly packets: Set<number>;
  readonly packetCount: number;
  readonly isKeyframe: boolean;
  readonly sentAt: MonotonicMs;
  /** When its last packet came. */
  wholeAt?: MonotonicMs;
}

/** What a viewer would have said of one video. */
export interface FrameVerdict {
  /** Frames of which the last packet came, and all before it. */
  readonly whole: number;
  /** Frames shown: whole, and resting on frames that were shown. */
  readonly shown: number;
  /** Frames neither shown nor overtaken by a shown later frame within the patience after they were sent. */
  readonly missed: readonly number[];
  /** The longest time between one shown frame and the next. */
  readonly longestFreeze: Milliseconds;
  /** The longest time from the sending of a shown frame to its last packet. */
  readonly longestDelay: Milliseconds;
}

/**
 * Watches one received video as a decoder would: a frame is shown when all of it is there and the one before it was
 * shown, or when it is a keyframe.
 */
export class FrameJudge {
  readonly #frames = new Map<number, Frame>();
  readonly #shown: { readonly frame: number; readonly at: MonotonicMs; readonly sentAt: MonotonicMs }[] = [];
  #lastShown = -1;

  /** One RTP payload, in any order, duplicates allowed. */
  handlePayload(payload: Uint8Array, now: MonotonicMs): void {
    const mark = readFrameMark(payload);
    if (mark === undefined) return;
    let frame = this.#frames.get(mark.frame);
    if (frame === undefined) {
      const { packetCount, isKeyframe, sentAt } = mark;
      frame = { packets: new Set(), packetCount, isKeyframe, sentAt };
      this.#frames.set(mark.frame, frame);
    }
    frame.packets.add(mark.packet);
    if (frame.wholeAt !== undefined || frame.packets.size < frame.packetCount) return;
    frame.wholeAt = now;
    this.#show(mark.frame, now);
  }

  /** True when nothing can be shown until a keyframe comes: what makes a decoder ask for one. */
  isStuck(now: MonotonicMs, patience: Milliseconds): boolean {
    const last = this.#shown.at(-1);
    return this.#frames.size > 0 && (last === undefined || now - last.at > patience);
  }

  /** Judges the frames sent in `[from, until)`. */
  verdict(from: MonotonicMs, until: MonotonicMs, patience: Milliseconds): FrameVerdict {
    const shown = this.#shown.filter(({ sentAt }) => sentAt >= from && sentAt < until);
    const shownFrames = new Set(shown.map(({ frame }) => frame));
    const missed: number[] = [];
    for (let frame = shown[0]?.frame ?? 0; frame <= (shown.at(-1)?.frame ?? -1); frame++) {
      if (!shownFrames.has(frame) && !this.#isSuperseded(frame, patience)) missed.push(frame);
    }
    let longestFreeze = 0;
    let longestDelay = 0;
    for (const [i, { at, sentAt }] of shown.entries()) {
      if (i > 0) longestFreeze = Math.max(longestFreeze, at - shown[i - 1].at);
      longestDelay = Math.max(longestDelay, at - sentAt);
    }
    if (shown.length === 0) longestFreeze = until - from;
    return {
      whole: [...this.#frames.values()].filter(
        ({ wholeAt, sentAt }) => wholeAt !== undefined && sentAt >= from && sentAt < until,
      ).length,
      shown: shown.length,
      missed,
      longestFreeze: milliseconds(longestFreeze),
      longestDelay: milliseconds(longestDelay),
    };
  }

  /** A frame may be skipped when a later one was shown within the patience after it was sent. */
  #isSuperseded(frame: number, patience: Milliseconds): boolean {
    const next = this.#shown.find((shown) => shown.frame > frame);
    if (next === undefined) return false;
    const sentAt = this.#frames.get(frame)?.sentAt ?? next.sentAt;
    return next.at - sentAt <= patience;
  }

  #show(start: number, now: MonotonicMs): void {
    for (let number = start; ; number++) {
      const frame = this.#frames.get(number);
      if (frame?.wholeAt === undefined || number <= this.#lastShown) return;
      if (!frame.isKeyframe && number !== this.#lastShown + 1) return;
      this.#lastShown = number;
      this.#shown.push({ frame: number, at: now, sentAt: frame.sentAt });
    }
  }
}
