import { CodedError, type Milliseconds, milliseconds, wallClockMs } from '@rivero/core';
import type { EngineEvent } from '@rivero/engine';
import type { Json, ObjectEvent } from '../../model.ts';
import { findClass } from '../../schema/schema.ts';
import { isRecord, type JsonRecord } from '../arguments.ts';
import type { KurentoObject, ObjectFactory, Operations } from '../kurento-object.ts';
import type { ObjectLimits } from '../object-limits.ts';
import { KurentoObjects } from '../object-model.ts';

/** The engine as pipelines see it. */
export class FakeRooms {
  readonly open = new Set<string>();
  /** Set: rooms open only when it resolves. */
  opening: Promise<void> | undefined;
  #listener: ((event: EngineEvent) => void) | undefined;

  async openRoom(roomId: string): Promise<void> {
    await this.opening;
    this.open.add(roomId);
  }

  async closeRoom(roomId: string): Promise<void> {
    await Promise.resolve();
    if (!this.open.delete(roomId)) throw new CodedError('room-unknown', 'There is no such room');
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  raise(event: EngineEvent): void {
    this.#listener?.(event);
  }
}

/** Elements that do nothing: every operation of their class answers `null`, but for those that a test puts in. */
export class StubElements {
  readonly closed: string[] = [];
  readonly operations: Record<string, Operations[string]> = {};
  /** The last one that was opened. */
  last: KurentoObject | undefined;
  /** Set: they open only when it resolves. */
  opening: Promise<void> | undefined;
  /** Set: those that are opened meanwhile fail with it when they close. */
  failure: Error | undefined;

  factory(type: string): ObjectFactory {
    return {
      type,
      open: async (object) => {
        this.last = object;
        const { failure } = this;
        await this.opening;
        return {
          operations: { ...this.#stubsOf(type), ...this.operations },
          close: async () => {
            await Promise.resolve();
            if (failure !== undefined) throw failure;
            this.closed.push(object.id);
          },
        };
      },
    };
  }

  #stubsOf(type: string): Operations {
    const common = findClass('MediaObject')?.operations;
    const names = [...(findClass(type)?.operations.keys() ?? [])].filter((name) => common?.has(name) !== true);
    return Object.fromEntries(names.map((name) => [name, () => null]));
  }
}

/** All objects of a server whose elements do nothing, with one session `s`. */
export class TestObjects {
  readonly rooms = new FakeRooms();
  readonly elements = new StubElements();
  readonly events: ObjectEvent[] = [];
  readonly bugs: unknown[] = [];
  /** The clock of the server, in milliseconds since 1970. */
  now = 1_700_000_000_999;
  usedTime = 0;
  readonly model: KurentoObjects;

  constructor(limits: Partial<ObjectLimits> = {}) {
    let uuids = 0;
    this.model = new KurentoObjects({
      engine: this.rooms,
      factories: ['PassThrough', 'HubPort', 'Dispatcher', 'DispatcherOneToMany', 'RtpEndpoint', 'WebRtcEndpoint'].map(
        (type) => this.elements.factory(type),
      ),
      graphText: (pipelineId) => `digraph "${pipelineId}" {}`,
      machine: {
        cores: () => 4,
        usedTime: () => milliseconds(this.usedTime),
        memoryBytes: () => 2048 * 1024,
        wait: async (time) => this.#wait(time),
      },
      now: () => wallClockMs(this.now),
      uuid: () => {
        uuids += 1;
        return `uuid${uuids}`;
      },
      tellBug: (error) => {
        this.bugs.push(error);
      },
      limits,
    });
    this.model.openSession('s');
    this.model.onEvent((event) => {
      this.events.push(event);
    });
  }

  async #wait(time: Milliseconds): Promise<void> {
    await Promise.resolve();
    this.now += time;
    // One core of four at work.
    this.usedTime += time;
  }

  async create(type: string, constructorParams?: JsonRecord, sessionId = 's', properties?: Json): Promise<string> {
    return this.model.create(sessionId, { type, constructorParams, properties });
  }

  async pipeline(sessionId = 's'): Promise<string> {
    return this.create('MediaPipeline', {}, sessionId);
  }

  async invoke(objectId: string, operation: string, params?: Json): Promise<Json> {
    return this.model.invoke('s', objectId, operation, params);
  }

  /** The names and what each is about, of all events until now; they are forgotten. */
  takeEvents(): readonly string[] {
    return this.events.splice(0).map(({ sessionId, type, data }) => {
      const about = isRecord(data) ? (data['object'] ?? data['objectId'] ?? data['source']) : undefined;
      return `${sessionId} ${type} ${typeof about === 'string' ? about : ''}`;
    });
  }
}
