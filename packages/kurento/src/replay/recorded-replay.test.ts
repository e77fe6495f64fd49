import { readFileSync } from 'node:fs';
import { monotonicMs } from '@rivero/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';
import { RpcServer, type RpcSocket } from '../rpc/index.ts';
import type { FakeEndpointEngine } from '../test/fake-endpoint-engine.ts';
import { TestElements } from '../test/test-elements.ts';
import { associate, associatedStatistics } from './association.ts';
import { Labels } from './labels.ts';
import { readPart, type RecordedRequest, type RecordedStep, recordedParts } from './recorded-dialogue.ts';
import { recordedDifferences } from './recorded-differences.ts';

/** What one part of the dialogue was like in this run. */
interface ReplayedPart {
  readonly answers: readonly { readonly request: RecordedRequest; readonly outcome: Json; readonly expected: Json }[];
  readonly events: readonly JsonRecord[];
}

/** Events that come of requests alone, so that each comes here as often as there. */
const countedEvents: ReadonlySet<Json | undefined> = new Set([
  'ObjectCreated',
  'ObjectDestroyed',
  'ElementConnected',
  'ElementDisconnected',
  'MediaSessionStarted',
]);

/** Events that come here for the same reasons as there, however often. */
const stateEvents: ReadonlySet<Json | undefined> = new Set([
  'IceCandidateFound',
  'IceGatheringDone',
  'IceComponentStateChanged',
  'NewCandidatePairSelected',
  'DtlsConnectionStateChange',
  'ConnectionStateChanged',
]);

/** What is not answered then is not answered. */
const turnsMax = 10;

class Replay {
  readonly #labels = new Labels();
  readonly #rpc: RpcServer;
  readonly #engine: FakeEndpointEngine;
  readonly #socket: RpcSocket;
  readonly #heard: Json[] = [];
  #requests = 0;

  constructor(rpc: RpcServer, engine: FakeEndpointEngine) {
    this.#rpc = rpc;
    this.#engine = engine;
    this.#socket = rpc.openSocket({
      send: (text) => {
        this.#heard.push(JSON.parse(text));
      },
      close: () => {},
      queuedBytes: 0,
    });
  }

  async play(steps: readonly RecordedStep[]): Promise<ReplayedPart> {
    const answers = [];
    for (const step of steps) {
      if (step.type === 'request') answers.push(await this.#ask(step));
    }
    const heard = this.#heard.splice(0);
    return { answers, events: heard.flatMap((told) => eventOf(told)).map((event) => this.#asRecorded(event)) };
  }

  async #ask(request: RecordedRequest): Promise<ReplayedPart['answers'][number]> {
    const { method, params } = request;
    this.#requests += 1;
    const id = `request ${this.#requests}`;
    this.#rpc.handleText(
      this.#socket,
      JSON.stringify({ jsonrpc: '2.0', id, method, params: this.#labels.toActual(params) }),
      monotonicMs(0),
    );
    // Steps of a transaction take a turn of the event loop each.
    for (let turn = 0; turn < turnsMax && !this.#heard.some((entry) => outcomeOf(entry, id).length > 0); turn++) {
      await settled();
    }
    this.#associate(params);
    const told = withoutAdditions(this.#heard.flatMap((entry) => outcomeOf(entry, id))[0]);
    const said = this.#labels.toRecorded(told, request.outcome);
    const difference = recordedDifferences.find(({ answers }) => answers?.isAbout(request) === true);
    const expected = difference?.answers?.ours(request, isRecord(said) ? said : {}) ?? request.outcome;
    return { request, expected, outcome: this.#labels.toRecorded(told, expected) ?? null };
  }

  /** Who gathers candidates when both sides are described is connected. */
  #associate(params: Json | undefined): void {
    const asked = this.#labels.toActual(params);
    if (!isRecord(asked) || asked['operation'] !== 'gatherCandidates' || typeof asked['object'] !== 'string') return;
    const { object } = asked;
    if (this.#engine.get(object).description !== undefined) associate(this.#engine, object);
  }

  #asRecorded(event: JsonRecord): JsonRecord {
    const words: Json = { data: { timestampMillis: '<time>' } };
    const recorded = this.#labels.toRecorded(event, words);
    return isRecord(recorded) ? recorded : {};
  }
}

/** Everything that waits for nothing but promises has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function outcomeOf(told: Json, id: string): readonly JsonRecord[] {
  if (!isRecord(told) || told['id'] !== id) return [];
  const { result, error } = told;
  return [error === undefined ? { result } : { error }];
}

function eventOf(told: Json): readonly JsonRecord[] {
  if (!isRecord(told) || told['method'] !== 'onEvent') return [];
  const { params } = told;
  const value = isRecord(params) ? params['value'] : undefined;
  return isRecord(value) ? [value] : [];
}

/** Without what Kurento does not tell. */
function withoutAdditions(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => withoutAdditions(entry));
  if (!isRecord(value)) return value ?? null;
  const names = Object.keys(value).filter((name) => !recordedDifferences.some(({ fields }) => fields?.has(name)));
  return Object.fromEntries(names.map((name) => [name, withoutAdditions(value[name])]));
}

/** The same value with its names in the order of the alphabet. */
function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => sorted(entry));
  if (!isRecord(value)) return value ?? null;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** The names of all that a value has, and the type of each. */
function shapeOf(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.slice(0, 1).map((entry: Json) => shapeOf(entry));
  if (!isRecord(value)) return typeof value;
  const entries = Object.entries(value).map(
    ([name, entry]) => [name, name === 'tags' ? 'list' : shapeOf(entry)] as const,
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function countedTexts(events: readonly JsonRecord[]): readonly string[] {
  return events
    .filter(({ type }) => countedEvents.has(type))
    .map((event) => JSON.stringify(sorted(event)))
    .toSorted();
}

/** Which states each endpoint was said to be in; without order, as its parts get on beside each other. */
function statesOf(events: readonly JsonRecord[]): readonly string[] {
  const states = events
    .filter(({ type }) => stateEvents.has(type))
    .map(({ type, object, data }) => [type, object, isRecord(data) ? data['state'] : undefined]);
  return [
    ...new Set(states.map((words) => words.map((word) => (typeof word === 'string' ? word : '')).join(' '))),
  ].toSorted();
}

let server: TestElements;
const replayed = new Map<string, ReplayedPart>();

beforeAll(async () => {
  server = new TestElements();
  server.engine.statistics = associatedStatistics;
  await server.model.closeSession('s');
  const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void server.bugs.push(text) };
  let ids = 0;
  const newId = (): string => `session-${(ids += 1)}`;
  const replay = new Replay(new RpcServer({ model: server.model, log, newId }, monotonicMs(0)), server.engine);
  for (const part of recordedParts) replayed.set(part, await replay.play(readPart(part)));
});

describe.each(recordedParts)('what Kurento said: %s', (part) => {
  it('is answered the same, but for the differences that are listed', () => {
    const { answers } = replayed.get(part) ?? { answers: [] };
    expect(answers.length).toBeGreaterThan(0);
    for (const { request, outcome, expected } of answers) {
      expect.soft({ request, outcome }).toEqual({ request, outcome: expected });
    }
  });

  it('has the same events', () => {
    const recorded = readPart(part).flatMap((step) => (step.type === 'event' ? [step.event] : []));
    const events = (replayed.get(part)?.events ?? [])
      .filter((event) => !recordedDifferences.some(({ isOurEvent }) => isOurEvent?.(event) === true))
      .map((event) => withoutAdditions(event))
      .filter((event) => isRecord(event));
    expect(countedTexts(events)).toEqual(countedTexts(recorded));
    const missing = new Set(recordedDifferences.map(({ missingState }) => missingState));
    expect(statesOf(events)).toEqual(statesOf(recorded).filter((state) => !missing.has(state)));
    const shapes = new Map(recorded.map((event) => [event['type'], shapeOf(event)]));
    for (const event of events) expect.soft(shapeOf(event)).toEqual(shapes.get(event['type']));
  });
});

describe('differences', () => {
  const requests = recordedParts
    .flatMap((part) => readPart(part))
    .filter((step): step is RecordedRequest => step.type === 'request');

  it.each(recordedDifferences)('$name: there still is', ({ answers, isOurEvent, fields }) => {
    const events = [...replayed.values()].flatMap((part) => part.events);
    if (answers !== undefined) expect(requests.some((request) => answers.isAbout(request))).toBe(true);
    if (isOurEvent !== undefined) expect(events.some((event) => isOurEvent(event))).toBe(true);
    for (const field of fields ?? []) expect(JSON.stringify(events)).toContain(`"${field}":`);
  });

  it('are those of docs/protocols/kurento.md', () => {
    const text = readFileSync(new URL('../../../../docs/protocols/kurento.md', import.meta.url), 'utf8');
    const [, rest = ''] = text.split('### Differences of the objects\n');
    const [section = ''] = rest.split('\n#');
    const rows = [...section.matchAll(/^\| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, name = '']) => name);
    expect(rows.slice(1)).toEqual(recordedDifferences.map(({ name }) => name));
  });

  it('come of no bug, and nothing is left', async () => {
    expect(server.bugs).toEqual([]);
    await server.model.close();
    expect([server.engine.rooms.size, server.engine.endpoints.size]).toEqual([0, 0]);
  });
});
