import { assert } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';
import type { Json } from '../model.ts';
import { Arguments, isRecord, type JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject } from '../objects/kurento-object.ts';
import type { ComplexTypeDescription, ParameterDescription } from './description.ts';
import { findClass, findComplexType } from './schema.ts';

/** Characters of any text that a request brings: more than a session description of a hundred sections has. */
export const textLengthMax = 262_144;

/** Entries of any list that a request brings. */
export const listLengthMax = 1000;

/** Finds the object that an argument names, or refuses. */
export type FindObject = (id: string, className: string) => KurentoObject;

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const int64 = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const numberTypes: ReadonlySet<string> = new Set(['int', 'int64', 'float', 'double']);

/**
 * Checks what came with a request against what an operation or a constructor takes. Scalars that convert are converted,
 * defaults filled in, what nobody asked for passed over. Refused: `MARSHALL_ERROR`, and what `findObject` refuses.
 */
export function marshal(
  parameters: readonly ParameterDescription[],
  given: Json | undefined,
  findObject: FindObject,
): Arguments {
  const brought = isRecord(given) ? given : {};
  const values: Record<string, Json> = {};
  const objects = new Map<string, KurentoObject>();
  for (const parameter of parameters) {
    const { name, type } = parameter;
    const value = ownValue(brought, name);
    if (isLeftOut(parameter, value)) {
      if (parameter.defaultValue !== undefined) values[name] = parameter.defaultValue;
    } else if (findClass(type) === undefined) {
      values[name] = marshalValue(name, type, value);
    } else {
      objects.set(name, findObject(marshalReference(name, value), type));
    }
  }
  return new Arguments(values, objects);
}

/** The id of an object. The official client sends the whole object that it keeps, its id among the rest, as a hub's port. */
function marshalReference(name: string, value: Json | undefined): string {
  return marshalText(name, isRecord(value) ? ownValue(value, 'id') : value);
}

function isLeftOut(parameter: ParameterDescription, value: Json | undefined): boolean {
  return parameter.optional === true && (value === undefined || value === null);
}

/** Not what every object has by its prototype: a client may ask for `constructor`. */
function ownValue(record: JsonRecord, name: string): Json | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function marshalValue(name: string, type: string, value: Json | undefined): Json {
  if (type.endsWith('[]')) return marshalList(name, type.slice(0, -2), value);
  if (type === 'String') return marshalText(name, value);
  if (type === 'boolean') return marshalBoolean(name, value);
  if (numberTypes.has(type)) return marshalNumber(name, type, value);
  const complexType = findComplexType(type);
  assert(complexType !== undefined, `type ${type} is described`);
  return complexType.format === 'ENUM'
    ? marshalEnumeration(name, complexType, value)
    : marshalRecord(name, complexType.name, value);
}

function marshalText(name: string, value: Json | undefined): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw shouldBe(name, 'string');
  }
  const text = String(value);
  if (text.length > textLengthMax) {
    throw new KurentoError('MARSHALL_ERROR', `'${name}' parameter has more than ${textLengthMax} characters`);
  }
  return text;
}

function marshalBoolean(name: string, value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  throw shouldBe(name, 'boolean');
}

function marshalNumber(name: string, type: string, value: Json | undefined): number {
  const isWhole = type === 'int' || type === 'int64';
  const kind = isWhole ? 'integer' : 'double';
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw shouldBe(name, kind);
  if (!isWhole) return value;
  const range = type === 'int' ? int32 : int64;
  const whole = Math.trunc(value);
  if (whole < range.min || whole > range.max) throw shouldBe(name, kind);
  // Not -0.
  return whole + 0;
}

function marshalEnumeration(
  name: string,
  type: Extract<ComplexTypeDescription, { format: 'ENUM' }>,
  value: Json | undefined,
): string {
  const text = marshalText(name, value);
  if (!type.values.includes(text)) throw new KurentoError('MARSHALL_ERROR', `Invalid value for '${type.name}'`);
  return text;
}

/** Without defaults: what was left out is not there. `__type__` and `__module__` may be there and say nothing. */
function marshalRecord(name: string, type: string, value: Json | undefined): JsonRecord {
  if (!isRecord(value)) throw shouldBe(name, 'object');
  const record: Record<string, Json> = {};
  for (const property of recordProperties(type)) {
    const given = ownValue(value, property.name);
    if (!isLeftOut(property, given)) record[property.name] = marshalValue(property.name, property.type, given);
  }
  return record;
}

function recordProperties(type: string): readonly ParameterDescription[] {
  const description = findComplexType(type);
  assert(description?.format === 'REGISTER', `type ${type} is a record`);
  return description.extends === undefined
    ? description.properties
    : [...recordProperties(description.extends), ...description.properties];
}

function marshalList(name: string, type: string, value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw shouldBe(name, 'list');
  if (value.length > listLengthMax) {
    throw new KurentoError('MARSHALL_ERROR', `'${name}' parameter has more than ${listLengthMax} entries`);
  }
  return value.map((entry: Json) => marshalValue(name, type, entry));
}

function shouldBe(name: string, kind: string): KurentoError {
  return new KurentoError('MARSHALL_ERROR', `'${name}' parameter should be a ${kind}`);
}
