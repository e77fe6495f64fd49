import type { MonotonicMs } from '@rivero/core';
import {
  tickDeltaMax,
  tickDeltaMin,
  ticksPerMs,
  ticksPerReferenceUnit,
  type TransportFeedback,
} from './transport-feedback.ts';

/** Sequence numbers whose arrival is remembered: a power of two; 8 s at 1,000 packets a second. */
const historyMax = 8192;

/** Packets that one feedback covers at most: even with a large delta for each it fits 1,200 bytes. */
export const feedbackStatusMax = 400;

const referenceTimeMask = 0xffffff;

/**
 * Remembers when packets arrived and tells their sender so, in feedback packets of bounded size. A gap is told as lost
 * once something behind it arrived; what fills it later is told by going back to it.
 */
export class TransportFeedbackRecorder {
  readonly #senderSsrc: number;
  readonly #mediaSsrc: number;
  /** Arrival in ticks, by extended sequence number modulo the history; NaN for not arrived. */
  readonly #ticks = new Float64Array(historyMax).fill(Number.NaN);
  /** The highest extended sequence number that arrived, and the first one that is still to be told. */
  #newest = -1;
  #next = 0;
  #feedbackCount = 0;
  /** Filled again for each feedback. */
  readonly #arrivals: { sequence: number; ticks: number }[] = [];

  constructor(options: { readonly senderSsrc: number; readonly mediaSsrc: number }) {
    this.#senderSsrc = options.senderSsrc;
    this.#mediaSsrc = options.mediaSsrc;
  }

  /** A packet with this transport-wide sequence number arrived. Duplicates and what is older than the history count not. */
  handleArrival(sequence: number, now: MonotonicMs): void {
    const extended = this.#extend(sequence);
    if (extended > this.#newest) this.#moveTo(extended);
    else if (extended <= this.#newest - historyMax) return;
    const place = extended & (historyMax - 1);
    if (!Number.isNaN(this.#ticks[place])) return;
    this.#ticks[place] = Math.round(now * ticksPerMs);
    if (extended < this.#next) this.#next = extended;
  }

  /** True when there is something to tell. */
  get hasFeedback(): boolean {
    return this.#next <= this.#newest;
  }

  /** Feedback about what arrived since the last one; call until it answers `undefined`. Its arrivals are valid until the next call. */
  pollFeedback(): TransportFeedback | undefined {
    if (!this.hasFeedback) return undefined;
    const base = this.#next;
    let count = 0;
    const reference = Math.floor(this.#firstTicks(base) / ticksPerReferenceUnit);
    let previous = reference * ticksPerReferenceUnit;
    let end = base;
    const limit = Math.min(this.#newest + 1, base + feedbackStatusMax);
    for (let extended = base; extended < limit; extended++) {
      const ticks = this.#ticks[extended & (historyMax - 1)];
      if (Number.isNaN(ticks)) continue;
      const delta = ticks - previous;
      if (delta < tickDeltaMin || delta > tickDeltaMax) break;
      const arrival = this.#arrival(count++);
      arrival.sequence = extended & 0xffff;
      arrival.ticks = ticks - reference * ticksPerReferenceUnit;
      previous = ticks;
      end = extended + 1;
    }
    // Nothing arrived in a whole feedback's range: all of it is lost.
    if (count === 0) end = limit;
    this.#next = end;
    const feedbackCount = this.#feedbackCount;
    this.#feedbackCount = (feedbackCount + 1) & 0xff;
    return {
      type: 'transport-feedback',
      senderSsrc: this.#senderSsrc,
      mediaSsrc: this.#mediaSsrc,
      baseSequence: base & 0xffff,
      statusCount: end - base,
      referenceTime: reference & referenceTimeMask,
      feedbackCount,
      arrivals: this.#arrivals.slice(0, count),
    };
  }

  #arrival(place: number): { sequence: number; ticks: number } {
    if (place === this.#arrivals.length) this.#arrivals.push({ sequence: 0, ticks: 0 });
    return this.#arrivals[place];
  }

  /** When the first packet from `extended` on arrived; the newest one did. */
  #firstTicks(extended: number): number {
    let at = extended;
    while (at < this.#newest && Number.isNaN(this.#ticks[at & (historyMax - 1)])) at += 1;
    return this.#ticks[at & (historyMax - 1)];
  }

  #extend(sequence: number): number {
    // The first packet is put a cycle in, so that one sent before it is not negative.
    if (this.#newest === -1) return 0x10000 + sequence;
    return this.#newest + (((sequence - this.#newest) << 16) >> 16);
  }

  /** Makes room up to `extended`, which becomes the newest. */
  #moveTo(extended: number): void {
    if (this.#newest === -1) this.#next = extended;
    else {
      const skipped = Math.min(extended - this.#newest, historyMax);
      for (let i = 0; i < skipped; i++) this.#ticks[(extended - i) & (historyMax - 1)] = Number.NaN;
    }
    this.#newest = extended;
    this.#next = Math.max(this.#next, extended - historyMax + 1);
  }
}
