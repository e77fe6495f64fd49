import type { Json } from '../model.ts';
import type { JsonRecord } from '../objects/arguments.ts';
import type {
  ClassDescription,
  ComplexTypeDescription,
  EventDescription,
  ModuleDescription,
  ParameterDescription,
} from './description.ts';
import { modules } from './schema.ts';

/** What we say we are: clients look at it before they use what came with that version. */
export const apiVersion = '7.3.0';

/** The description of a module as JSON text, in the form of `.kmd` files; undefined: there is no such module. */
export function moduleText(name: string): string | undefined {
  const module = modules.find((candidate) => candidate.name === name);
  return module === undefined ? undefined : JSON.stringify(moduleJson(module));
}

function moduleJson(module: ModuleDescription): Json {
  return {
    name: module.name,
    version: apiVersion,
    kurentoVersion: apiVersion,
    imports: module.imports.map((name) => ({ name, version: apiVersion })),
    code: {
      api: {
        java: { packageName: 'org.kurento.client', mavenGroupId: 'org.kurento', mavenArtifactId: 'kurento-client' },
        js: { nodeName: `kurento-client-${module.name}` },
      },
    },
    remoteClasses: module.classes.map(classJson),
    complexTypes: module.complexTypes.map(complexTypeJson),
    events: module.events.map(eventJson),
  };
}

function classJson(description: ClassDescription): JsonRecord {
  const { name, doc, constructorParams } = description;
  return {
    name,
    doc,
    ...(description.extends === undefined ? {} : { extends: description.extends }),
    ...(constructorParams === undefined
      ? { abstract: true }
      : { constructor: { params: constructorParams.map(parameterJson) } }),
    properties: description.properties.map(({ name: property, type, access }) => ({
      name: property,
      type,
      ...(access === 'read-only' ? { readOnly: true } : {}),
      ...(access === 'final' ? { final: true } : {}),
    })),
    methods: description.methods.map((method) => ({
      name: method.name,
      params: method.params.map(parameterJson),
      ...(method.returns === undefined ? {} : { return: { type: method.returns } }),
    })),
    events: description.events,
  };
}

function complexTypeJson(type: ComplexTypeDescription): JsonRecord {
  if (type.format === 'ENUM') return { name: type.name, typeFormat: type.format, values: type.values };
  return {
    name: type.name,
    typeFormat: type.format,
    ...(type.extends === undefined ? {} : { extends: type.extends }),
    properties: type.properties.map(parameterJson),
  };
}

function eventJson(event: EventDescription): JsonRecord {
  return {
    name: event.name,
    ...(event.extends === undefined ? {} : { extends: event.extends }),
    properties: event.properties.map(parameterJson),
  };
}

function parameterJson({ name, type, optional, defaultValue }: ParameterDescription): JsonRecord {
  return {
    name,
    type,
    ...(optional === undefined ? {} : { optional }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}
