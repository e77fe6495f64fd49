import { assert } from '@rivero/core';
import { coreModule } from './core-module.ts';
import type {
  ClassDescription,
  ComplexTypeDescription,
  ModuleDescription,
  ParameterDescription,
} from './description.ts';
import { elementsModule } from './elements-module.ts';
import { filtersModule } from './filters-module.ts';
import { capitalized, formerEvents } from './former-names.ts';

/** All modules, in the order in which `getInfo` lists them. */
export const modules: readonly ModuleDescription[] = [coreModule, elementsModule, filtersModule];

/** One class with all that it has from the classes above it. */
export interface ClassSchema {
  readonly name: string;
  /** From near to far. */
  readonly hierarchy: readonly string[];
  /** Undefined: it is abstract. */
  readonly constructorParams: readonly ParameterDescription[] | undefined;
  /** By the name with which it is invoked. */
  readonly operations: ReadonlyMap<string, readonly ParameterDescription[]>;
  /** By today's names. */
  readonly events: ReadonlySet<string>;
}

const prefix = 'kurento.';

/** `kurento.X` of a class. */
export function qualified(name: string): string {
  return `${prefix}${name}`;
}

const descriptions = new Map(
  modules.flatMap(({ classes }) => classes).map((description) => [description.name, description]),
);
const schemas = new Map([...descriptions.values()].map((description) => [description.name, schemaOf(description)]));
const complexTypes = new Map(modules.flatMap((module) => module.complexTypes).map((type) => [type.name, type]));
const events = new Map(modules.flatMap((module) => module.events).map((event) => [event.name, event]));

/** The class of that name, bare or qualified; undefined: there is none. */
export function findClass(name: string): ClassSchema | undefined {
  return schemas.get(name.startsWith(prefix) ? name.slice(prefix.length) : name);
}

/** The record or enumeration of that name; undefined: there is none. */
export function findComplexType(name: string): ComplexTypeDescription | undefined {
  return complexTypes.get(name);
}

/** Today's name of an event of the class that is asked for by today's name or a former one; undefined: it has none such. */
export function findEvent(schema: ClassSchema, name: string): string | undefined {
  const current = formerEvents.get(name) ?? name;
  return schema.events.has(current) ? current : undefined;
}

/** Whether events of this name say their type: all but those of the server, and errors, which have another one. */
export function saysItsType(event: string): boolean {
  return events.get(event)?.extends === 'Media';
}

/** Whether the class is the other one or below it. */
export function isKindOf(schema: ClassSchema, name: string): boolean {
  return schema.name === name || schema.hierarchy.includes(name);
}

function schemaOf(description: ClassDescription): ClassSchema {
  const above = classesAbove(description);
  const operations = new Map<string, readonly ParameterDescription[]>();
  // From far to near: a method of the class itself takes the place of one of the same name above it.
  for (const each of [...above.toReversed(), description]) addOperations(operations, each);
  return {
    name: description.name,
    hierarchy: above.map(({ name }) => name),
    constructorParams: description.constructorParams,
    operations,
    events: new Set([description, ...above].flatMap((each) => each.events)),
  };
}

function addOperations(operations: Map<string, readonly ParameterDescription[]>, description: ClassDescription): void {
  for (const { name, type, access } of description.properties) {
    operations.set(`get${capitalized(name)}`, []);
    if (access === 'read-write') operations.set(`set${capitalized(name)}`, [{ name, type }]);
  }
  for (const { name, params } of description.methods) operations.set(name, params);
}

function classesAbove(description: ClassDescription): readonly ClassDescription[] {
  if (description.extends === undefined) return [];
  const above = descriptions.get(description.extends);
  assert(above !== undefined, `class ${description.extends} is described`);
  return [above, ...classesAbove(above)];
}
