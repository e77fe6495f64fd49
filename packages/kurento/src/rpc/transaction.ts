import { setImmediate as nextTurn } from 'node:timers/promises';
import { elapsed, type MonotonicMs } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';
import type { Json, ObjectModel } from '../model.ts';
import { isJsonObject, type JsonObject } from './json-rpc-request.ts';
import { type ObjectOperation, parseObjectOperation, pipelinesOf } from './object-operation.ts';
import { arrayParam, optionalParam, paramsOf } from './params.ts';
import { type ErrorBody, RpcError } from './rpc-error.ts';
import { operationsPerTransactionMax, transactionAnswerMax, transactionTimeMax } from './rpc-limits.ts';

/** One request inside of a transaction; its id is its place. */
interface Step {
  readonly method: string;
  readonly params: JsonObject;
}

export interface TransactionOptions {
  readonly model: ObjectModel;
  /** How a step's refusal is told. */
  readonly toError: (error: unknown) => ErrorBody;
  readonly now: () => MonotonicMs;
}

/**
 * Operations that are done in their order, up to the first that is refused; nothing is taken back. Parameters that say
 * `newref:N` become the value of the Nth. Refused as a whole before anything is done: ids that do not count from 0, more
 * than `operationsPerTransactionMax`. Beyond `transactionAnswerMax` and `transactionTimeMax` the next operation is refused.
 */
export function parseTransaction(asked: Json | undefined, options: TransactionOptions): ObjectOperation {
  const steps = readSteps(arrayParam(paramsOf(asked), 'operations'));
  return {
    pipelines: new Set(steps.flatMap(({ params }) => [...pipelinesOf(params)])),
    run: async (sessionId) => ({ value: await runSteps(steps, sessionId, options) }),
  };
}

function readSteps(operations: readonly Json[]): readonly Step[] {
  if (operations.length > operationsPerTransactionMax) {
    throw tooMuch(`A transaction has at most ${operationsPerTransactionMax} operations`);
  }
  return operations.map((operation, index) => {
    if (!isJsonObject(operation)) throw new RpcError('invalid-request', 'Invalid JSON-RPC request.');
    if (operation['id'] !== index) {
      throw new KurentoError('MALFORMED_TRANSACTION', `Id of request '${index}' should be '${index}'`);
    }
    const { jsonrpc, method } = operation;
    if (jsonrpc !== '2.0' || typeof method !== 'string') {
      throw new RpcError('invalid-request', 'Invalid JSON-RPC request.');
    }
    return { method, params: paramsOf(optionalParam(operation, 'params')) };
  });
}

async function runSteps(
  steps: readonly Step[],
  sessionId: string,
  { model, toError, now }: TransactionOptions,
): Promise<readonly Json[]> {
  const values: (Json | undefined)[] = [];
  const answers: Json[] = [];
  const begunAt = now();
  let length = 0;
  for (const [id, { method, params }] of steps.entries()) {
    // Operations that wait for nothing would keep everybody else from being heard.
    if (id > 0) await nextTurn();
    try {
      if (length >= transactionAnswerMax) throw tooMuch('The answers of this transaction are too long');
      if (elapsed(begunAt, now()) >= transactionTimeMax) throw tooMuch('This transaction takes too long');
      const told = await parseObjectOperation(model, method, withValues(params, values)).run(sessionId);
      values.push(told['value']);
      length += JSON.stringify(told).length;
      answers.push({ id, jsonrpc: '2.0', result: { ...told, sessionId } });
    } catch (error) {
      answers.push({ error: { ...toError(error) }, id, jsonrpc: '2.0' });
      break;
    }
  }
  return answers;
}

function tooMuch(why: string): KurentoError {
  return new KurentoError('NOT_ENOUGH_RESOURCES', `${why}; ask for less at once`);
}

const reference = /^newref:(\d{1,6})$/;

/** The same with `newref:N` replaced; what refers to nothing yet stays, and no object is found by it. */
function withValues(params: Json, values: readonly (Json | undefined)[]): Json {
  if (typeof params === 'string') {
    const [, index] = reference.exec(params) ?? [];
    return (index === undefined ? undefined : values[Number(index)]) ?? params;
  }
  if (Array.isArray(params)) return params.map((inner: Json) => withValues(inner, values));
  if (!isJsonObject(params)) return params;
  return Object.fromEntries(Object.entries(params).map(([key, inner]) => [key, withValues(inner ?? null, values)]));
}
