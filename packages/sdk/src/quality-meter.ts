import { elapsed, type MonotonicMs } from '@rivero/core';
import { bestQuality, type Quality } from './quality.ts';

/** What is worse is believed after that long, what is better only after this long. */
const worseAfterMs = 3_000;
const betterAfterMs = 6_000;

/** A change that is not believed yet. */
interface Trend {
  readonly isBetter: boolean;
  readonly since: MonotonicMs;
  /** The least change of all samples since. */
  readonly quality: Quality;
}

/** Follows samples of quality without flapping. What is lost, and what is back, is believed at once. */
export class QualityMeter {
  #quality: Quality = bestQuality;
  #trend: Trend | undefined;

  get quality(): Quality {
    return this.#quality;
  }

  /** Answers whether the quality is another now. */
  handleSample(sample: Quality, now: MonotonicMs): boolean {
    const { level, reason } = this.#quality;
    if (sample.level === level && sample.reason === reason) {
      this.#trend = undefined;
      return false;
    }
    if (sample.level === 0 || level === 0) return this.#become(sample);
    // Another reason for the same level waits like what is worse.
    const isBetter = sample.level > level;
    const trend = this.#trend?.isBetter === isBetter ? this.#trend : undefined;
    if (trend === undefined) {
      this.#trend = { isBetter, since: now, quality: sample };
      return false;
    }
    const isLess = isBetter ? sample.level <= trend.quality.level : sample.level >= trend.quality.level;
    const quality = isLess ? sample : trend.quality;
    if (elapsed(trend.since, now) >= (isBetter ? betterAfterMs : worseAfterMs)) return this.#become(quality);
    this.#trend = { isBetter, since: trend.since, quality };
    return false;
  }

  #become(quality: Quality): boolean {
    this.#quality = quality;
    this.#trend = undefined;
    return true;
  }
}
