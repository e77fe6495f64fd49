import { createHash } from 'node:crypto';
import type { WallClockMs } from '@rivero/core';
import type { JsonRecord } from '../objects/arguments.ts';
import { complexValue } from '../schema/complex-value.ts';

/** Types of statistics that Kurento's enumeration names. What it has no name for belongs to the session. */
export type StatisticsType =
  | 'inboundrtp'
  | 'outboundrtp'
  | 'session'
  | 'transport'
  | 'candidatepair'
  | 'localcandidate'
  | 'remotecandidate'
  | 'endpoint';

/** The statistics of one endpoint at one moment, by ids that stay the same from one moment to the next. */
export class StatisticsRecord {
  readonly #endpointId: string;
  readonly #now: WallClockMs;
  readonly #values: Record<string, JsonRecord> = {};

  constructor(endpointId: string, now: WallClockMs) {
    this.#endpointId = endpointId;
    this.#now = now;
  }

  get values(): Readonly<Record<string, JsonRecord>> {
    return this.#values;
  }

  /** The id of a part of the endpoint: of the form of a UUID, made of its name. */
  idOf(part: string): string {
    const hash = createHash('sha256').update(`${this.#endpointId} ${part}`).digest('hex');
    return [
      hash.slice(0, 8),
      hash.slice(8, 12),
      `8${hash.slice(13, 16)}`,
      `8${hash.slice(17, 20)}`,
      hash.slice(20, 32),
    ].join('-');
  }

  add(complexType: string, type: StatisticsType, id: string, values: JsonRecord): void {
    this.#values[id] = complexValue(complexType, { id, type, timestampMillis: this.#now, ...values });
  }
}
