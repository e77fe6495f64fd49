import { KurentoError } from '../kurento-error.ts';
import { isKindOf } from '../schema/schema.ts';
import type { ObjectLimits } from './object-limits.ts';
import type { RegisteredObject } from './registered-object.ts';

interface Session {
  readonly id: string;
  /** What it refers to: with an object also all above it. */
  readonly objects: Set<RegisteredObject>;
  /** Objects that are being made for it. */
  opening: number;
}

/** Which objects there are, and which sessions keep them alive. */
export class ObjectRegistry {
  readonly #limits: ObjectLimits;
  readonly #objects = new Map<string, RegisteredObject>();
  readonly #pipelines = new Set<RegisteredObject>();
  readonly #sessions = new Map<string, Session>();
  #opening = 0;
  #openingPipelines = 0;

  constructor(limits: ObjectLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#objects.size;
  }

  get pipelineIds(): readonly string[] {
    return [...this.#pipelines].map(({ id }) => id);
  }

  get sessionIds(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  find(id: string): RegisteredObject | undefined {
    return this.#objects.get(id);
  }

  /** Refused with `MEDIA_OBJECT_NOT_FOUND`. */
  get(id: string): RegisteredObject {
    const object = this.#objects.get(id);
    if (object !== undefined) return object;
    if (!id.startsWith('newref:'))
      throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${shortened(id)}' not found`);
    throw new KurentoError(
      'MEDIA_OBJECT_NOT_FOUND_TRANSACTION_NO_COMMIT',
      `Object '${shortened(id)}' not found. Possibly using a transactional object without committing the transaction.`,
    );
  }

  /** The same, of that class or one below it, else refused with `MARSHALL_ERROR`. */
  getKindOf(id: string, className: string): RegisteredObject {
    const object = this.get(id);
    if (isKindOf(object.schema, className)) return object;
    throw new KurentoError('MARSHALL_ERROR', `Object '${shortened(id)}' is no ${className}`);
  }

  /** The server itself: no session keeps it. */
  addServer(object: RegisteredObject): void {
    this.#objects.set(object.id, object);
  }

  /** Keeps a place for an object that is being made, until the returned function is called. Refused at the limits. */
  reserve(sessionId: string, type: string): () => void {
    const session = this.#session(sessionId);
    if (session.objects.size + session.opening >= this.#limits.objectsPerSessionMax) {
      throw new KurentoError(
        'NOT_ENOUGH_RESOURCES',
        `A session has ${this.#limits.objectsPerSessionMax} objects at most`,
      );
    }
    // The server is one of them.
    if (this.#objects.size + this.#opening > this.#limits.objectsMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', `There are ${this.#limits.objectsMax} objects at most`);
    }
    const isPipeline = type === 'MediaPipeline';
    if (isPipeline && this.#pipelines.size + this.#openingPipelines >= this.#limits.pipelinesMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', `There are ${this.#limits.pipelinesMax} pipelines at most`);
    }
    session.opening += 1;
    this.#opening += 1;
    if (isPipeline) this.#openingPipelines += 1;
    return () => {
      session.opening -= 1;
      this.#opening -= 1;
      if (isPipeline) this.#openingPipelines -= 1;
    };
  }

  add(sessionId: string, object: RegisteredObject): void {
    this.#objects.set(object.id, object);
    if (object.pipeline === object) this.#pipelines.add(object);
    object.parent?.children.add(object);
    this.refer(sessionId, object);
  }

  /**
   * From now on nobody finds the object and those below it, and they count as released. Returns them, each one after those
   * below it.
   */
  removeTree(object: RegisteredObject): readonly RegisteredObject[] {
    object.parent?.children.delete(object);
    const tree = [...childrenFirst(object)];
    for (const each of tree) {
      each.isReleased = true;
      this.#objects.delete(each.id);
      this.#pipelines.delete(each);
      for (const sessionId of each.sessions) this.#sessions.get(sessionId)?.objects.delete(each);
      each.sessions.clear();
    }
    return tree;
  }

  openSession(id: string): void {
    if (!this.#sessions.has(id)) this.#sessions.set(id, { id, objects: new Set(), opening: 0 });
  }

  hasSession(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** The session keeps the object alive, and all above it. */
  refer(sessionId: string, object: RegisteredObject): void {
    const session = this.#session(sessionId);
    let each: RegisteredObject | undefined = object.schema.name === 'ServerManager' ? undefined : object;
    while (each !== undefined) {
      each.sessions.add(session.id);
      session.objects.add(each);
      each = each.parent;
    }
  }

  /** The session keeps the object and all below it no more. Returns what is to be released with all below it. */
  unrefer(sessionId: string, object: RegisteredObject): readonly RegisteredObject[] {
    const session = this.#session(sessionId);
    const tree = [...childrenFirst(object)];
    for (const each of tree) forget(session, each);
    return orphans(tree);
  }

  /** The same for all that the session referred to; the session exists no more. */
  closeSession(sessionId: string): readonly RegisteredObject[] {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return [];
    this.#sessions.delete(sessionId);
    const objects = [...session.objects];
    for (const each of objects) forget(session, each);
    return orphans(objects);
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new KurentoError('INVALID_SESSION', 'Invalid session');
    return session;
  }
}

/** The object and all below it: each one after those below it, children in the order of their making. */
function* childrenFirst(object: RegisteredObject): Generator<RegisteredObject> {
  for (const child of object.children) yield* childrenFirst(child);
  yield object;
}

function forget(session: Session, object: RegisteredObject): void {
  object.sessions.delete(session.id);
  session.objects.delete(object);
}

/** Those that no session refers to and whose parents live. */
function orphans(objects: readonly RegisteredObject[]): readonly RegisteredObject[] {
  const isOrphan = (object: RegisteredObject | undefined): boolean =>
    object !== undefined && object.sessions.size === 0;
  return objects.filter((object) => isOrphan(object) && !isOrphan(object.parent));
}

/** What a client gave as an id, for a message. */
function shortened(id: string): string {
  return id.length > 200 ? `${id.slice(0, 200)}…` : id;
}
