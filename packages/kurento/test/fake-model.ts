import { type Json, KurentoError, type ObjectDescription, type ObjectEvent, type ObjectModel } from '../src/index.ts';

type CreateRequest = Parameters<ObjectModel['create']>[1];

/** Objects that remember what was asked of them, and answer at once, or when the test lets them. */
export class FakeModel implements ObjectModel {
  /** What was asked, in order: `create s1 MediaPipeline`. */
  readonly calls: string[] = [];
  /** Sessions that are open. */
  readonly sessions = new Set<string>();
  readonly #objects = new Set<string>(['manager_ServerManager']);
  readonly #listeners = new Set<(event: ObjectEvent) => void>();
  readonly #held = new Map<string, Promise<void>>();
  #made = 0;

  /** Invocations of that operation do not end until the returned function is called. */
  hold(operation: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(operation, promise);
    return () => {
      this.#held.delete(operation);
      resolve();
    };
  }

  raise(event: ObjectEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async create(sessionId: string, { type, constructorParams }: CreateRequest): Promise<string> {
    this.calls.push(`create ${sessionId} ${type}`);
    if (type === 'Nope') throw new KurentoError('MEDIA_OBJECT_NOT_AVAILABLE', `Factory 'Nope' not found`);
    this.#made += 1;
    const parent = (constructorParams as { readonly mediaPipeline?: string } | undefined)?.mediaPipeline;
    if (parent !== undefined) this.#assertObject(parent);
    const id = `${parent === undefined ? '' : `${parent}/`}${this.#made}_kurento.${type}`;
    this.#objects.add(id);
    return id;
  }

  describe(_sessionId: string, objectId: string): ObjectDescription {
    this.#assertObject(objectId);
    return { type: 'MediaPipeline', qualifiedType: 'kurento.MediaPipeline', hierarchy: ['kurento.MediaObject'] };
  }

  async invoke(sessionId: string, objectId: string, operation: string, params: Json | undefined): Promise<Json> {
    this.#assertObject(objectId);
    this.calls.push(`${operation} begins`);
    await this.#held.get(operation);
    this.calls.push(`${operation} ends`);
    switch (operation) {
      case 'echo':
        return params ?? null;
      case 'mySession':
        return sessionId;
      case 'fail':
        throw new TypeError('a bug of the model with /secret/path');
      case 'unspeakable':
        return inItself();
      case 'big':
        return 'x'.repeat((params as { readonly length: number }).length);
      default:
        return null;
    }
  }

  subscribe(sessionId: string, objectId: string, type: string): string {
    this.#assertObject(objectId);
    this.calls.push(`subscribe ${sessionId} ${type}`);
    return `subscription ${this.calls.length}`;
  }

  unsubscribe(sessionId: string, subscriptionId: string): void {
    this.calls.push(`unsubscribe ${sessionId} ${subscriptionId}`);
  }

  async release(objectId: string): Promise<void> {
    this.calls.push(`release ${objectId}`);
    this.#objects.delete(objectId);
  }

  ref(sessionId: string, objectId: string): void {
    this.#assertObject(objectId);
    this.calls.push(`ref ${sessionId} ${objectId}`);
  }

  unref(sessionId: string, objectId: string): void {
    this.calls.push(`unref ${sessionId} ${objectId}`);
  }

  openSession(sessionId: string): void {
    this.sessions.add(sessionId);
  }

  async closeSession(sessionId: string): Promise<void> {
    this.calls.push(`closeSession ${sessionId}`);
    await this.#held.get('closeSession');
    this.sessions.delete(sessionId);
  }

  onEvent(listener: (event: ObjectEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #assertObject(objectId: string): void {
    if (!this.#objects.has(objectId)) {
      throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${objectId}' not found`);
    }
  }
}

/** What no JSON can say. */
function inItself(): Json {
  const list: Json[] = [];
  list.push(list);
  return list;
}
