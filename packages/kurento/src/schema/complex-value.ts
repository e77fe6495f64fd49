import { assert } from '@rivero/core';
import type { JsonRecord } from '../objects/arguments.ts';
import { formerFields } from './former-names.ts';
import { findComplexType } from './schema.ts';

/** A value of a record type as it goes out: with its type and module, and what its fields were called before 7.0. */
export function complexValue(type: string, properties: JsonRecord): JsonRecord {
  assert(findComplexType(type)?.format === 'REGISTER', `record ${type} is described`);
  return { __module__: 'kurento', __type__: type, ...properties, ...formerFields(properties) };
}
