import { assert, type WallClockMs } from '@rivero/core';
import type { EngineEvent, MediaEngine } from '@rivero/engine';
import { allEnded } from '../all-ended.ts';
import { KurentoError } from '../kurento-error.ts';
import type { Json, ObjectDescription, ObjectEvent, ObjectModel } from '../model.ts';
import { capitalized, currentOperation } from '../schema/former-names.ts';
import { type FindObject, marshal } from '../schema/marshal.ts';
import { type ClassSchema, findClass, findEvent, qualified, saysItsType } from '../schema/schema.ts';
import { type Arguments, isRecord, type JsonRecord } from './arguments.ts';
import type { ObjectBody, ObjectFactory } from './kurento-object.ts';
import { mediaObjectOperations, tagsOf } from './media-object.ts';
import { mediaPipelineFactory } from './media-pipeline.ts';
import { type ObjectLimits, objectLimits } from './object-limits.ts';
import { ObjectRegistry } from './object-registry.ts';
import { closeBody, refusalOf } from './refusal.ts';
import { RegisteredObject } from './registered-object.ts';
import { SerialCalls } from './serial-calls.ts';
import { type MachineUse, serverManagerId, serverManagerOperations } from './server-manager.ts';
import { Subscriptions } from './subscriptions.ts';

export interface KurentoObjectsOptions {
  readonly engine: Pick<MediaEngine, 'openRoom' | 'closeRoom' | 'onEvent'>;
  /** Of all classes but MediaPipeline. */
  readonly factories: readonly ObjectFactory[];
  /** The media graph of a pipeline in the dot language (Graphviz). */
  readonly graphText: (pipelineId: string) => string;
  readonly machine: MachineUse;
  readonly now: () => WallClockMs;
  /** A new UUID (RFC 9562). */
  readonly uuid: () => string;
  /** Told of bugs at what nobody waits for. */
  readonly tellBug: (error: unknown) => void;
  readonly limits?: Partial<ObjectLimits>;
}

/** All objects of one server. */
export class KurentoObjects implements ObjectModel {
  readonly #options: KurentoObjectsOptions;
  readonly #limits: ObjectLimits;
  readonly #registry: ObjectRegistry;
  readonly #subscriptions: Subscriptions;
  readonly #factories: ReadonlyMap<string, ObjectFactory>;
  readonly #server: RegisteredObject;
  readonly #latencyPipelines = new Set<string>();
  readonly #listeners = new Set<(event: ObjectEvent) => void>();
  readonly #stopListening: () => void;

  constructor(options: KurentoObjectsOptions) {
    this.#options = options;
    this.#limits = { ...objectLimits, ...options.limits };
    this.#registry = new ObjectRegistry(this.#limits);
    this.#subscriptions = new Subscriptions(this.#limits);
    const factories = [
      mediaPipelineFactory({ ...options, latencyPipelines: this.#latencyPipelines }),
      ...options.factories,
    ];
    this.#factories = new Map(factories.map((factory) => [factory.type, factory]));
    this.#server = this.#openServer();
    this.#stopListening = options.engine.onEvent((event) => {
      this.#handleEngineEvent(event);
    });
  }

  /** How much there is: the server itself counts as an object. */
  get sizes(): { readonly objects: number; readonly subscriptions: number; readonly sessions: number } {
    const { size: objects, sessionIds } = this.#registry;
    return { objects, subscriptions: this.#subscriptions.size, sessions: sessionIds.length };
  }

  /** Whether latencies are asked for in a pipeline. */
  hasLatencyStats(pipelineId: string): boolean {
    return this.#latencyPipelines.has(pipelineId);
  }

  async create(
    sessionId: string,
    request: {
      readonly type: string;
      readonly constructorParams: Json | undefined;
      readonly properties: Json | undefined;
    },
  ): Promise<string> {
    const schema = findClass(request.type);
    const factory = this.#factories.get(schema?.name ?? '');
    if (schema?.constructorParams === undefined || factory === undefined) {
      throw new KurentoError('MEDIA_OBJECT_NOT_AVAILABLE', `Factory '${request.type.slice(0, 200)}' not found`);
    }
    if (schema.constructorParams.length > 0 && (request.constructorParams ?? null) === null) {
      throw new KurentoError('MARSHALL_ERROR', "'constructorParams' is required");
    }
    const args = marshal(schema.constructorParams, request.constructorParams, this.#findObject);
    const giveUpPlace = this.#registry.reserve(sessionId, schema.name);
    try {
      const object = await this.#open(sessionId, schema, { factory, args });
      await this.#setProperties(object, request.properties);
      return object.id;
    } finally {
      giveUpPlace();
    }
  }

  describe(sessionId: string, objectId: string): ObjectDescription {
    const { schema } = this.#refer(sessionId, objectId);
    return {
      type: schema.name,
      qualifiedType: qualified(schema.name),
      hierarchy: schema.hierarchy.map((name) => qualified(name)),
    };
  }

  async invoke(sessionId: string, objectId: string, operation: string, params: Json | undefined): Promise<Json> {
    const object = this.#refer(sessionId, objectId);
    return this.#call(object, operation, params);
  }

  subscribe(sessionId: string, objectId: string, type: string): string {
    const object = this.#registry.get(objectId);
    const event = findEvent(object.schema, type);
    if (event === undefined) {
      throw new KurentoError('MEDIA_OBJECT_EVENT_NOT_SUPPORTED', `Event '${type.slice(0, 200)}' not supported`);
    }
    this.#registry.refer(sessionId, object);
    const id = this.#options.uuid();
    this.#subscriptions.add({ id, sessionId, objectId, event, name: type });
    return id;
  }

  unsubscribe(sessionId: string, subscriptionId: string): void {
    this.#subscriptions.remove(sessionId, subscriptionId);
  }

  async release(objectId: string): Promise<void> {
    const object = this.#registry.find(objectId);
    // The server stays.
    if (object !== undefined && object !== this.#server) await this.#release(object);
  }

  ref(sessionId: string, objectId: string): void {
    this.#refer(sessionId, objectId);
  }

  unref(sessionId: string, objectId: string): void {
    const object = this.#registry.find(objectId);
    if (object === undefined || object === this.#server) return;
    void this.#releaseAll(this.#registry.unrefer(sessionId, object)).catch(this.#options.tellBug);
  }

  openSession(sessionId: string): void {
    this.#registry.openSession(sessionId);
  }

  async closeSession(sessionId: string): Promise<void> {
    this.#subscriptions.removeSession(sessionId);
    await this.#releaseAll(this.#registry.closeSession(sessionId));
  }

  onEvent(listener: (event: ObjectEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes all sessions, and releases all there is. What is being made is closed as soon as it is open. */
  async close(): Promise<void> {
    this.#stopListening();
    await allEnded(this.#registry.sessionIds.map(async (id) => this.closeSession(id)));
  }

  readonly #findObject: FindObject = (id, className) => this.#registry.getKindOf(id, className);

  #refer(sessionId: string, objectId: string): RegisteredObject {
    const object = this.#registry.get(objectId);
    this.#registry.refer(sessionId, object);
    return object;
  }

  #openServer(): RegisteredObject {
    const schema = findClass('ServerManager');
    assert(schema !== undefined, 'the server is described');
    const object = this.#newObject(serverManagerId, schema, undefined);
    const operations = serverManagerOperations({
      machine: this.#options.machine,
      factories: new Set(this.#factories.keys()),
      pipelineIds: () => this.#registry.pipelineIds,
      sessionIds: () => this.#registry.sessionIds,
    });
    object.body = { operations: { ...mediaObjectOperations(object, this.#limits.tagsMax), ...operations } };
    this.#registry.addServer(object);
    return object;
  }

  #newObject(id: string, schema: ClassSchema, parent: RegisteredObject | undefined): RegisteredObject {
    return new RegisteredObject({
      id,
      schema,
      parent,
      createdAt: this.#options.now(),
      calls: new SerialCalls(this.#limits.waitingOperationsMax),
      raise: (object, event, data) => {
        this.#raise(object, event, data);
      },
    });
  }

  async #open(
    sessionId: string,
    schema: ClassSchema,
    { factory, args }: { readonly factory: ObjectFactory; readonly args: Arguments },
  ): Promise<RegisteredObject> {
    const parent = this.#parentOf(schema, args);
    const ownId = `${this.#options.uuid()}_${qualified(schema.name)}`;
    const object = this.#newObject(parent === undefined ? ownId : `${parent.id}/${ownId}`, schema, parent);
    const body = await this.#openBody(factory, object, args);
    object.body = {
      ...body,
      operations: { ...mediaObjectOperations(object, this.#limits.tagsMax), ...body.operations },
    };
    const isParentGone = parent?.isReleased === true;
    if (isParentGone || !this.#registry.hasSession(sessionId)) {
      // It was not there yet when all else was released.
      object.isReleased = true;
      await closeBody(body);
      if (isParentGone) throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${parent.id}' not found`);
      throw new KurentoError('INVALID_SESSION', 'Invalid session');
    }
    this.#registry.add(sessionId, object);
    this.#server.raise('ObjectCreated', { object: object.id });
    return object;
  }

  async #openBody(factory: ObjectFactory, object: RegisteredObject, args: Arguments): Promise<ObjectBody> {
    try {
      return await factory.open(object, args);
    } catch (error) {
      throw refusalOf(error, object.parent?.id ?? object.id);
    }
  }

  /** What the constructor names as such: the hub of a port, the pipeline of all else. */
  #parentOf(schema: ClassSchema, args: Arguments): RegisteredObject | undefined {
    const parameter = schema.constructorParams?.find(({ type }) => type === 'MediaPipeline' || type === 'Hub');
    return parameter === undefined ? undefined : this.#registry.get(args.object(parameter.name).id);
  }

  /** Those that the class has; others are passed over, as the clients send them all. */
  async #setProperties(object: RegisteredObject, properties: Json | undefined): Promise<void> {
    if (!isRecord(properties)) return;
    try {
      for (const [name, value] of Object.entries(properties)) {
        const asked = `set${capitalized(name)}`;
        const { operation, params } = currentOperation(asked, { [name]: value });
        // Some methods begin with "set" too: they have parameters of other names.
        const [parameter] = object.schema.operations.get(operation) ?? [];
        const isProperty = parameter !== undefined && isRecord(params) && (params[parameter.name] ?? null) !== null;
        if (isProperty) await this.#call(object, asked, { [name]: value });
      }
    } catch (error) {
      await this.#release(object);
      throw error;
    }
  }

  async #call(object: RegisteredObject, asked: string, given: Json | undefined): Promise<Json> {
    const { operation, params, orIfEmpty } = currentOperation(asked, given);
    const parameters = object.schema.operations.get(operation);
    if (parameters === undefined) {
      const count = isRecord(given) ? Object.keys(given).length : 0;
      const message = `Method '${asked.slice(0, 200)}' with ${count} parameters not found`;
      throw new KurentoError('MALFORMED_TRANSACTION', message);
    }
    const args = marshal(parameters, params, this.#findObject);
    const call = object.body.operations[operation];
    assert(call !== undefined, `${object.type} has ${operation}`);
    const run = async (): Promise<Json> => {
      if (object.isReleased) throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${object.id}' not found`);
      try {
        const answer = (await call(args)) ?? null;
        return answer === '' && orIfEmpty !== undefined
          ? ((await object.body.operations[orIfEmpty]?.(args)) ?? '')
          : answer;
      } catch (error) {
        throw refusalOf(error, object.id);
      }
    };
    // Nothing that the server is asked changes it, and some answers take their time.
    return object === this.#server ? run() : object.calls.run(run);
  }

  #raise(object: RegisteredObject, event: string, data: JsonRecord): void {
    assert(object.schema.events.has(event), `${object.type} has the event ${event}`);
    if (object.isReleased) return;
    const subscribers = this.#subscriptions.subscribersOf(object.id, event);
    if (subscribers.length === 0) return;
    const now = this.#options.now();
    for (const { sessionId, name } of subscribers) {
      const told: JsonRecord = {
        source: object.id,
        tags: object.sendsTagsInEvents ? tagsOf(object) : [],
        // As it was called before 7.0, in seconds.
        timestamp: String(Math.floor(now / 1000)),
        timestampMillis: String(now),
        ...(saysItsType(event) ? { type: name } : {}),
        ...data,
      };
      for (const listener of this.#listeners) listener({ sessionId, objectId: object.id, type: name, data: told });
    }
  }

  async #releaseAll(objects: readonly RegisteredObject[]): Promise<void> {
    await allEnded(objects.map(async (object) => this.#release(object)));
  }

  /** At once for all who ask for it; what it is made of closes after that, children first. */
  async #release(object: RegisteredObject): Promise<void> {
    if (object.isReleased) return;
    const released = this.#registry.removeTree(object);
    for (const { id } of released) this.#subscriptions.removeObject(id);
    for (const { id } of released) this.#server.raise('ObjectDestroyed', { objectId: id });
    await closeTree(object);
  }

  #handleEngineEvent(event: EngineEvent): void {
    if (event.type !== 'rooms-lost') return;
    for (const id of event.roomIds) {
      const pipeline = this.#registry.find(id);
      if (pipeline === undefined) continue;
      pipeline.raise('Error', {
        description: 'The media of this pipeline is lost: its media worker ended. Make it anew.',
        errorCode: 40_003,
        type: 'UNEXPECTED_ERROR',
      });
      void this.#release(pipeline).catch(this.#options.tellBug);
    }
  }
}

async function closeTree(object: RegisteredObject): Promise<void> {
  const children = [...object.children].map(async (child) => closeTree(child));
  const self = Promise.allSettled(children).then(async () => object.calls.runLast(async () => closeBody(object.body)));
  await allEnded([...children, self]);
}
