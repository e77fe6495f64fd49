import { assert } from '@rivero/core';
import type { Json } from '../model.ts';
import type { KurentoObject } from './kurento-object.ts';

/** A value of a complex type, by its properties. */
export type JsonRecord = Readonly<Record<string, Json | undefined>>;

/**
 * What an operation or a constructor was called with, after it was checked against the description of its class: defaults
 * are filled in, scalars converted, objects found. To ask for an argument that the description does not have, or as
 * another type, is a bug.
 */
export class Arguments {
  readonly #values: JsonRecord;
  readonly #objects: ReadonlyMap<string, KurentoObject>;

  constructor(values: JsonRecord, objects: ReadonlyMap<string, KurentoObject>) {
    this.#values = values;
    this.#objects = objects;
  }

  /** False: it is optional, has no default, and was left out. */
  has(name: string): boolean {
    return this.#values[name] !== undefined || this.#objects.has(name);
  }

  string(name: string): string {
    const value = this.#values[name];
    assert(typeof value === 'string', `argument ${name} is a string`);
    return value;
  }

  /** An `int`, `int64`, `float` or `double`; the first two are whole. */
  number(name: string): number {
    const value = this.#values[name];
    assert(typeof value === 'number', `argument ${name} is a number`);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    assert(typeof value === 'boolean', `argument ${name} is a boolean`);
    return value;
  }

  /** A value of an enumeration, all of whose values the caller names. */
  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.string(name);
    const found = values.find((candidate) => candidate === value);
    assert(found !== undefined, `argument ${name} is one of the values`);
    return found;
  }

  /** A value of a complex type, without its `__type__` and `__module__`. */
  record(name: string): JsonRecord {
    const value = this.#values[name];
    assert(isRecord(value), `argument ${name} is a record`);
    return value;
  }

  object(name: string): KurentoObject {
    const object = this.#objects.get(name);
    assert(object !== undefined, `argument ${name} is an object`);
    return object;
  }
}

/** Whether it is a JSON object: no array, no null. */
export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
