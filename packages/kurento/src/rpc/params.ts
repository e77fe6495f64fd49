import type { Json } from '../model.ts';
import { isJsonObject, type JsonObject } from './json-rpc-request.ts';
import { RpcError } from './rpc-error.ts';

/** The parameters by their names; by position is refused. */
export function paramsOf(params: Json | undefined): JsonObject {
  if (params === undefined || params === null) return {};
  if (isJsonObject(params)) return params;
  throw new RpcError('params-invalid', 'Invalid params.');
}

/** Undefined: it was left out, or is `null`. */
export function optionalParam(params: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(params, name) ? (params[name] ?? undefined) : undefined;
}

function requiredParam(params: JsonObject, name: string): Json {
  const value = optionalParam(params, name);
  if (value === undefined) throw new RpcError('server-error', `'${name}' parameter is required`);
  return value;
}

export function stringParam(params: JsonObject, name: string): string {
  const value = requiredParam(params, name);
  if (typeof value === 'string') return value;
  throw new RpcError('server-error', `'${name}' parameter should be a string`);
}

export function arrayParam(params: JsonObject, name: string): readonly Json[] {
  const value = requiredParam(params, name);
  if (Array.isArray(value)) return value as readonly Json[];
  throw new RpcError('server-error', `'${name}' parameter should be an array`);
}

/** The session that the client names; none when it is empty. */
export function sessionIdParam(params: JsonObject): string | undefined {
  if (optionalParam(params, 'sessionId') === undefined) return undefined;
  const sessionId = stringParam(params, 'sessionId');
  return sessionId === '' ? undefined : sessionId;
}
