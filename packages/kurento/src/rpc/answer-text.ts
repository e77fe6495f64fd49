import type { Json, ObjectEvent } from '../model.ts';
import { type ErrorBody, rpcErrorCodes } from './rpc-error.ts';

/** What became of a request. */
export type Outcome = { readonly result: Json } | { readonly error: ErrorBody };

/**
 * One answer (JSON-RPC 2.0 section 5). A notification is answered too, as Kurento does: its result is the data of an
 * error, and the id is `null`.
 */
export function answerText(id: string | undefined, outcome: Outcome): string {
  const body = id === undefined && 'result' in outcome ? ignoredResult(outcome.result) : outcome;
  const told = 'error' in body ? `"error":${JSON.stringify(body.error)}` : `"result":${JSON.stringify(body.result)}`;
  return `{"id":${id ?? 'null'},"jsonrpc":"2.0",${told}}`;
}

function ignoredResult(result: Json): Outcome {
  return {
    error: {
      code: rpcErrorCodes['server-error'],
      data: result,
      message: 'Ignoring response because of a notification request',
    },
  };
}

/** The notification of an event. */
export function eventText({ data, objectId, type }: ObjectEvent): string {
  return JSON.stringify({ jsonrpc: '2.0', method: 'onEvent', params: { value: { data, object: objectId, type } } });
}
