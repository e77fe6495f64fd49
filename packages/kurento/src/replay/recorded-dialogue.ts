import { readFileSync } from 'node:fs';
import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';

/** A request and what it was answered. */
export interface RecordedRequest {
  readonly type: 'request';
  readonly method: string;
  readonly params: Json | undefined;
  /** `{ result }` or `{ error }`. */
  readonly outcome: JsonRecord;
}

export type RecordedStep = RecordedRequest | { readonly type: 'event'; readonly event: JsonRecord };

/**
 * What a Kurento Media Server 7.3.1 said, one file for each part of its dialogue with one session, in the order of this
 * list. `<PassThrough 1>` stands for the first PassThrough that was made, `<sdp 1>` for the first description, and other
 * words in angle brackets for what differs from run to run.
 */
export const recordedParts = [
  'server',
  'pipeline',
  'pass-through',
  'properties',
  'subscriptions',
  'negotiation',
  'later',
  'rtp',
  'hubs',
  'transactions',
  'release',
] as const;

export function readPart(name: (typeof recordedParts)[number]): readonly RecordedStep[] {
  const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  const steps: Json = JSON.parse(text);
  return Array.isArray(steps) ? steps.map((step: Json) => stepOf(step)) : [];
}

function stepOf(step: Json): RecordedStep {
  if (!isRecord(step)) throw new TypeError('a recorded step is an object');
  const { event, ask, params, result, error } = step;
  if (isRecord(event)) return { type: 'event', event };
  if (typeof ask !== 'string') throw new TypeError('a recorded step is a request or an event');
  return { type: 'request', method: ask, params, outcome: error === undefined ? { result } : { error } };
}
