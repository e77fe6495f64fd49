import type { Json } from '../model.ts';
import { nestingDepthMax, requestIdLengthMax } from './rpc-limits.ts';

/** A request of JSON-RPC 2.0 (section 4). */
export interface JsonRpcRequest {
  /** As JSON text, so that it is told back as it came, whatever its type and size; undefined: it is a notification. */
  readonly id: string | undefined;
  readonly method: string;
  /** Undefined also when it is `null`, as old clients send it. */
  readonly params: Json | undefined;
}

export type JsonRpcDefect = 'malformed-json' | 'invalid-request';

/** Reads one frame. Defects: `malformed-json`, `invalid-request` (also a batch, and what nests too deep). */
export function parseJsonRpcRequest(text: string): JsonRpcRequest | JsonRpcDefect {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return 'malformed-json';
  }
  return isNestedWithin(value, nestingDepthMax) ? readRequest(value, text) : 'invalid-request';
}

function readRequest(value: Json, text: string): JsonRpcRequest | JsonRpcDefect {
  if (!isJsonObject(value)) return 'invalid-request';
  const { jsonrpc, method, params } = value;
  if (jsonrpc !== '2.0' || typeof method !== 'string') return 'invalid-request';
  if (!Object.hasOwn(value, 'id')) return { id: undefined, method, params: params ?? undefined };
  const id = idText(value['id'], text);
  if (id === undefined || id.length > requestIdLengthMax) return 'invalid-request';
  return { id, method, params: params ?? undefined };
}

function idText(id: Json | undefined, text: string): string | undefined {
  if (id === null || typeof id === 'string') return JSON.stringify(id);
  if (typeof id !== 'number') return undefined;
  return Number.isSafeInteger(id) ? String(id) : numberSource(text);
}

/** Receives the text of each scalar (ECMAScript proposal "JSON.parse source text access", in V8 since 11.4). */
type Reviver = (this: object, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSources = JSON.parse as (text: string, reviver: Reviver) => object;

/** A number as an id that no double holds, as it was written. */
function numberSource(text: string): string | undefined {
  const sources = new WeakMap<object, string>();
  const request = parseWithSources(text, function keepSource(key, value, { source }) {
    if (key === 'id' && source !== undefined) sources.set(this, source);
    return value;
  });
  return sources.get(request);
}

export type JsonObject = Readonly<Record<string, Json | undefined>>;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Also false for a key that would change the prototype of an object it is copied to. */
function isNestedWithin(value: Json | undefined, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depthMax === 0 || Object.hasOwn(value, '__proto__')) return false;
  const inner: readonly (Json | undefined)[] = Object.values(value);
  return inner.every((each) => isNestedWithin(each, depthMax - 1));
}
