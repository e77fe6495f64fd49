import { CodedError } from '@rivero/core';
import { KurentoError, kurentoErrorCodes } from '../kurento-error.ts';
import type { Json } from '../model.ts';

/** Numbers of JSON-RPC 2.0 (section 5.1), and the one that Kurento gives to its own refusals of that kind. */
export const rpcErrorCodes = {
  'invalid-request': -32_600,
  'method-unknown': -32_601,
  'params-invalid': -32_602,
  'server-error': -32_000,
} as const;

export type RpcErrorType = keyof typeof rpcErrorCodes;

/** A request that the protocol itself refuses, before any object is asked. */
export class RpcError extends CodedError {
  readonly type: RpcErrorType;
  /** Told with the error. */
  readonly data: Json | undefined;

  constructor(type: RpcErrorType, message: string, data?: Json) {
    super(`kurento-rpc-${type}`, message);
    this.type = type;
    this.data = data;
  }
}

/** The `error` of an answer. */
export interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/**
 * How a refusal is answered. What is no refusal is a bug: it is answered as `UNDEFINED` without its text, which is for the
 * log.
 */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof KurentoError) {
    return { code: kurentoErrorCodes[error.type], data: { type: error.type }, message: error.message };
  }
  if (error instanceof RpcError) {
    const { type, data, message } = error;
    return { code: rpcErrorCodes[type], ...(data === undefined ? {} : { data }), message };
  }
  const message = error instanceof CodedError ? error.message : 'The server failed at this; its log has more.';
  return { code: kurentoErrorCodes.UNDEFINED, data: { type: 'UNDEFINED' }, message };
}
