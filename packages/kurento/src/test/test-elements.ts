import { milliseconds, wallClockMs } from '@rivero/core';
import { Elements } from '../elements/index.ts';
import type { Json, ObjectEvent } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';
import { KurentoObjects } from '../objects/object-model.ts';
import { findClass } from '../schema/schema.ts';
import { FakeEndpointEngine } from './fake-endpoint-engine.ts';

/** All objects with their elements over an engine in memory, and one session `s` that hears of everything. */
export class TestElements {
  readonly engine = new FakeEndpointEngine();
  readonly bugs: unknown[] = [];
  readonly events: ObjectEvent[] = [];
  readonly elements: Elements;
  readonly model: KurentoObjects;
  readonly #names = new Map<string, string>();

  constructor() {
    const now = (): ReturnType<typeof wallClockMs> => wallClockMs(1_700_000_000_000);
    const tellBug = (error: unknown): void => {
      this.bugs.push(error);
    };
    let uuids = 0;
    this.elements = new Elements({
      engine: this.engine,
      hasLatencyStats: (pipelineId) => this.model.hasLatencyStats(pipelineId),
      now,
      tellBug,
    });
    this.model = new KurentoObjects({
      engine: this.engine,
      factories: this.elements.factories,
      graphText: this.elements.graphText,
      machine: {
        cores: () => 1,
        usedTime: () => milliseconds(0),
        memoryBytes: () => 0,
        wait: async () => {},
      },
      now,
      uuid: () => {
        uuids += 1;
        return `uuid${uuids}`;
      },
      tellBug,
    });
    this.model.openSession('s');
    this.model.onEvent((event) => {
      this.events.push(event);
    });
  }

  async pipeline(): Promise<string> {
    const id = await this.model.create('s', { type: 'MediaPipeline', constructorParams: {}, properties: {} });
    this.#hear('pipeline', id);
    return id;
  }

  /** A new object, by a name for {@link takeEvents}. */
  async create(name: string, type: string, constructorParams: JsonRecord): Promise<string> {
    const id = await this.model.create('s', { type, constructorParams, properties: {} });
    this.#hear(name, id);
    return id;
  }

  async invoke(objectId: string, operation: string, params: Json = {}): Promise<Json> {
    return this.model.invoke('s', objectId, operation, params);
  }

  /** Connects all types of media. */
  async connect(source: string, sink: string): Promise<void> {
    await this.invoke(source, 'connect', { sink });
  }

  /** What was told until now: `name event`, and the values that matter. It is forgotten. */
  takeEvents(): readonly string[] {
    return this.events.splice(0).map(({ objectId, type, data }) => {
      const record = isRecord(data) ? data : {};
      const values = Object.entries(record).filter(([key]) => !commonKeys.has(key));
      const words = values.map(([, value]) => this.#word(value));
      return [this.#names.get(objectId) ?? objectId, type, ...words].join(' ');
    });
  }

  /** Without what clients of before 7.0 know values by. */
  #word(value: Json | undefined): string {
    if (typeof value === 'string') return this.#names.get(value) ?? value;
    if (!isRecord(value)) return JSON.stringify(value);
    const own = Object.entries(value).filter(([key]) => !key.startsWith('__') && !key.endsWith('ID'));
    return `(${own.map(([, each]) => this.#word(each)).join(' ')})`;
  }

  #hear(name: string, id: string): void {
    this.#names.set(id, name);
    const type = id.slice(id.lastIndexOf('.') + 1);
    for (const event of findClass(type)?.events ?? []) this.model.subscribe('s', id, event);
  }
}

const commonKeys: ReadonlySet<string> = new Set(['source', 'tags', 'timestamp', 'timestampMillis', 'type']);
