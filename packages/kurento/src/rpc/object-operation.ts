import type { Json, ObjectModel } from '../model.ts';
import { isJsonObject, type JsonObject } from './json-rpc-request.ts';
import { optionalParam, paramsOf, stringParam } from './params.ts';
import { RpcError } from './rpc-error.ts';

/** What a request asks of the objects, once its parameters are known to be there. */
export interface ObjectOperation {
  /** The pipelines that it is about: it waits for what was asked of them before. */
  readonly pipelines: ReadonlySet<string>;
  /** Done for that session; resolves with what is told beside the session's id. */
  run(sessionId: string): Promise<JsonObject>;
}

type Method = (model: ObjectModel, params: JsonObject) => (sessionId: string) => Promise<JsonObject> | JsonObject;

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries<Method>({
    create: (model, params) => {
      const type = stringParam(params, 'type');
      const constructorParams = optionalParam(params, 'constructorParams');
      const properties = optionalParam(params, 'properties');
      return async (sessionId) => ({ value: await model.create(sessionId, { type, constructorParams, properties }) });
    },
    describe: (model, params) => {
      const objectId = stringParam(params, 'object');
      return (sessionId) => ({ ...model.describe(sessionId, objectId) });
    },
    invoke: (model, params) => {
      const objectId = stringParam(params, 'object');
      const operation = stringParam(params, 'operation');
      const operationParams = optionalParam(params, 'operationParams');
      return async (sessionId) => ({ value: await model.invoke(sessionId, objectId, operation, operationParams) });
    },
    subscribe: (model, params) => {
      const objectId = stringParam(params, 'object');
      const type = stringParam(params, 'type');
      return (sessionId) => ({ value: model.subscribe(sessionId, objectId, type) });
    },
    unsubscribe: (model, params) => {
      const subscriptionId = stringParam(params, 'subscription');
      return (sessionId) => {
        model.unsubscribe(sessionId, subscriptionId);
        return {};
      };
    },
    release: (model, params) => {
      const objectId = stringParam(params, 'object');
      return async () => {
        await model.release(objectId);
        return {};
      };
    },
    ref: (model, params) => {
      const objectId = stringParam(params, 'object');
      return (sessionId) => {
        model.ref(sessionId, objectId);
        return {};
      };
    },
    unref: (model, params) => {
      const objectId = stringParam(params, 'object');
      return (sessionId) => {
        model.unref(sessionId, objectId);
        return {};
      };
    },
  }),
);

/** Refused with an `RpcError`: a method that there is not, a parameter that is missing. */
export function parseObjectOperation(model: ObjectModel, method: string, asked: Json | undefined): ObjectOperation {
  const prepare = methods.get(method);
  if (prepare === undefined) throw new RpcError('method-unknown', 'Method not found.');
  const params = paramsOf(asked);
  const call = prepare(model, params);
  return { pipelines: pipelinesOf(params), run: async (sessionId) => call(sessionId) };
}

const pipelineIdPattern = /^[^/]+_kurento\.MediaPipeline(?=\/|$)/;

/** The pipelines of the object that is asked, and of those that another one is to be made in. */
export function pipelinesOf(params: JsonObject): ReadonlySet<string> {
  const made = optionalParam(params, 'constructorParams');
  const values = [params['object'], ...(isJsonObject(made) ? Object.values(made) : [])];
  const ids = values.map((value) => {
    // The official client names a hub by all that it keeps of it.
    const id = isJsonObject(value) ? optionalParam(value, 'id') : value;
    return typeof id === 'string' ? pipelineIdPattern.exec(id)?.[0] : undefined;
  });
  return new Set(ids.filter((id) => id !== undefined));
}
