import { elapsed, type MonotonicMs, monotonicMs } from '@rivero/core';
import { type Observation, type RoomStatistics, roomStatistics } from './room-statistics.ts';
import type { StatsReport } from './stats-report.ts';

/** Asked sooner, the last answer is given again: over less time rates say nothing. */
const sampleMinMs = 500;

function now(): MonotonicMs {
  return monotonicMs(performance.now());
}

/** Looks again and again, each look compared with the one before. */
export class StatisticsSampler {
  readonly #observe: () => Promise<Observation>;
  #before: StatsReport | undefined;
  #last: RoomStatistics | undefined;
  /** By a clock that nobody sets. */
  #lastAt: MonotonicMs | undefined;
  #running: Promise<RoomStatistics> | undefined;

  constructor(observe: () => Promise<Observation>) {
    this.#observe = observe;
  }

  sample(): Promise<RoomStatistics> {
    const isRecent = this.#lastAt !== undefined && elapsed(this.#lastAt, now()) < sampleMinMs;
    if (isRecent && this.#last !== undefined) return Promise.resolve(this.#last);
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<RoomStatistics> {
    const observation = await this.#observe();
    const statistics = roomStatistics(observation, this.#before);
    this.#before = observation.report;
    this.#last = statistics;
    this.#lastAt = now();
    return statistics;
  }
}
