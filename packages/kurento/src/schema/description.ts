import type { Json } from '../model.ts';

/**
 * A type of the API, by its name: `String`, `boolean`, `int`, `int64`, `float`, `double`, a class, a complex type or an
 * enumeration; with `[]` a list, with `<>` a record of it.
 */
export type TypeName = string;

export interface ParameterDescription {
  readonly name: string;
  readonly type: TypeName;
  readonly optional?: true;
  /** Only of an optional one; without it, nothing is passed when it is left out. */
  readonly defaultValue?: Json;
}

export interface MethodDescription {
  readonly name: string;
  readonly params: readonly ParameterDescription[];
  /** Left out: it answers `null`. */
  readonly returns?: TypeName;
}

/** Asked for with `get` and its name; set with `set` and its name, unless it is read-only or final. */
export interface PropertyDescription {
  readonly name: string;
  readonly type: TypeName;
  readonly access: 'read-write' | 'read-only' | 'final';
}

/** One class. Without `constructorParams` it is abstract: there is no factory for it. */
export interface ClassDescription {
  readonly name: string;
  readonly doc: string;
  readonly extends?: string;
  readonly constructorParams?: readonly ParameterDescription[];
  readonly properties: readonly PropertyDescription[];
  readonly methods: readonly MethodDescription[];
  readonly events: readonly string[];
}

export type ComplexTypeDescription =
  | { readonly format: 'ENUM'; readonly name: string; readonly values: readonly string[] }
  | {
      readonly format: 'REGISTER';
      readonly name: string;
      readonly extends?: string;
      readonly properties: readonly ParameterDescription[];
    };

export interface EventDescription {
  readonly name: string;
  readonly extends?: string;
  readonly properties: readonly ParameterDescription[];
}

/** A module of the API, as `getInfo` lists and `getKmd` describes it. */
export interface ModuleDescription {
  readonly name: string;
  readonly imports: readonly string[];
  readonly classes: readonly ClassDescription[];
  readonly complexTypes: readonly ComplexTypeDescription[];
  readonly events: readonly EventDescription[];
}

/** Parameters or properties that must be there, each with its type. */
export function required(types: Readonly<Record<string, TypeName>>): readonly ParameterDescription[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

/** One that may be left out. */
export function optional(name: string, type: TypeName, defaultValue?: Json): ParameterDescription {
  return defaultValue === undefined ? { name, type, optional: true } : { name, type, optional: true, defaultValue };
}

/** Properties of one access, each with its type. */
export function properties(
  access: PropertyDescription['access'],
  types: Readonly<Record<string, TypeName>>,
): readonly PropertyDescription[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, access }));
}

export function enumeration(name: string, ...values: readonly string[]): ComplexTypeDescription {
  return { format: 'ENUM', name, values };
}
