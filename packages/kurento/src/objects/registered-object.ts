import type { WallClockMs } from '@rivero/core';
import type { ClassSchema } from '../schema/schema.ts';
import type { JsonRecord } from './arguments.ts';
import type { KurentoObject, ObjectBody } from './kurento-object.ts';
import type { SerialCalls } from './serial-calls.ts';

export interface RegisteredObjectOptions {
  readonly id: string;
  readonly schema: ClassSchema;
  readonly parent: RegisteredObject | undefined;
  readonly createdAt: WallClockMs;
  readonly calls: SerialCalls;
  readonly raise: (object: RegisteredObject, event: string, data: JsonRecord) => void;
}

/** One object as the registry holds it: what every object has, whatever its class. */
export class RegisteredObject implements KurentoObject {
  readonly id: string;
  readonly schema: ClassSchema;
  readonly parent: RegisteredObject | undefined;
  readonly pipeline: RegisteredObject | undefined;
  readonly createdAt: WallClockMs;
  readonly calls: SerialCalls;
  /** In the order of their making. */
  readonly children = new Set<RegisteredObject>();
  /** Sessions that refer to it: it lives as long as one of them does. */
  readonly sessions = new Set<string>();
  readonly tags = new Map<string, string>();
  name: string;
  sendsTagsInEvents = false;
  isReleased = false;
  body: ObjectBody = { operations: {} };
  readonly #raise: RegisteredObjectOptions['raise'];

  constructor({ id, schema, parent, createdAt, calls, raise }: RegisteredObjectOptions) {
    this.id = id;
    this.schema = schema;
    this.parent = parent;
    this.pipeline = schema.name === 'MediaPipeline' ? this : parent?.pipeline;
    this.createdAt = createdAt;
    this.calls = calls;
    this.name = id;
    this.#raise = raise;
  }

  get type(): string {
    return this.schema.name;
  }

  raise(event: string, data: JsonRecord): void {
    this.#raise(this, event, data);
  }
}
