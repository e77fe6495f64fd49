import { KurentoError } from '../kurento-error.ts';
import type { ObjectLimits } from './object-limits.ts';

interface Subscription {
  readonly id: string;
  readonly sessionId: string;
  readonly objectId: string;
  /** The event by today's name. */
  readonly event: string;
  /** The name it was subscribed by. */
  readonly name: string;
}

/** Whom an event goes to, and under which name. */
export interface Subscriber {
  readonly sessionId: string;
  readonly name: string;
}

/** Which sessions want to hear of which events of which objects. */
export class Subscriptions {
  readonly #limits: ObjectLimits;
  readonly #byId = new Map<string, Subscription>();
  readonly #byObject = new Map<string, Map<string, Subscription>>();
  readonly #bySession = new Map<string, Map<string, Subscription>>();

  constructor(limits: ObjectLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  add(subscription: Subscription): void {
    const ofObject = this.#byObject.get(subscription.objectId)?.size ?? 0;
    const ofSession = this.#bySession.get(subscription.sessionId)?.size ?? 0;
    const { subscriptionsMax, subscriptionsPerObjectMax, subscriptionsPerSessionMax } = this.#limits;
    const isFull = this.size >= subscriptionsMax || ofObject >= subscriptionsPerObjectMax;
    if (isFull || ofSession >= subscriptionsPerSessionMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', 'Too many subscriptions');
    }
    this.#byId.set(subscription.id, subscription);
    into(this.#byObject, subscription.objectId).set(subscription.id, subscription);
    into(this.#bySession, subscription.sessionId).set(subscription.id, subscription);
  }

  /** One that is unknown, or another session's, is passed over. */
  remove(sessionId: string, id: string): void {
    const subscription = this.#byId.get(id);
    if (subscription?.sessionId === sessionId) this.#forget(subscription);
  }

  removeObject(objectId: string): void {
    for (const subscription of this.#byObject.get(objectId)?.values() ?? []) this.#forget(subscription);
  }

  removeSession(sessionId: string): void {
    for (const subscription of this.#bySession.get(sessionId)?.values() ?? []) this.#forget(subscription);
  }

  /** In the order in which they subscribed. Who subscribed twice by one name is there once. */
  subscribersOf(objectId: string, event: string): readonly Subscriber[] {
    const found = new Map<string, Subscriber>();
    for (const { event: subscribed, sessionId, name } of this.#byObject.get(objectId)?.values() ?? []) {
      if (subscribed === event) found.set(`${name} ${sessionId}`, { sessionId, name });
    }
    return [...found.values()];
  }

  #forget(subscription: Subscription): void {
    this.#byId.delete(subscription.id);
    outOf(this.#byObject, subscription.objectId, subscription.id);
    outOf(this.#bySession, subscription.sessionId, subscription.id);
  }
}

function into(groups: Map<string, Map<string, Subscription>>, key: string): Map<string, Subscription> {
  const group = groups.get(key) ?? new Map<string, Subscription>();
  groups.set(key, group);
  return group;
}

function outOf(groups: Map<string, Map<string, Subscription>>, key: string, id: string): void {
  const group = groups.get(key);
  group?.delete(id);
  if (group?.size === 0) groups.delete(key);
}
