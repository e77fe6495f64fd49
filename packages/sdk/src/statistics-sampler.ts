import { type Observation, type RoomStatistics, roomStatistics } from './room-statistics.ts';
import type { StatsReport } from './stats-report.ts';

/** Asked sooner, the last answer is given again: over less time rates say nothing. */
const sampleMinMs = 500;

/** Looks again and again, each look compared with the one before. */
export class StatisticsSampler {
  readonly #observe: () => Promise<Observation>;
  #before: StatsReport | undefined;
  #last: RoomStatistics | undefined;
  #running: Promise<RoomStatistics> | undefined;

  constructor(observe: () => Promise<Observation>) {
    this.#observe = observe;
  }

  sample(): Promise<RoomStatistics> {
    if (this.#last !== undefined && Date.now() - this.#last.at < sampleMinMs) return Promise.resolve(this.#last);
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<RoomStatistics> {
    const observation = await this.#observe();
    const statistics = roomStatistics(observation, this.#before);
    this.#before = observation.report;
    this.#last = statistics;
    return statistics;
  }
}
