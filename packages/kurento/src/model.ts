/** A value of JSON as it came, or as it goes. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What `describe` tells of an object: its class, the same qualified, and the classes above it from near to far. */
export interface ObjectDescription {
  readonly type: string;
  readonly qualifiedType: string;
  readonly hierarchy: readonly string[];
}

/** An event on its way to one session that subscribed to it. */
export interface ObjectEvent {
  readonly sessionId: string;
  readonly objectId: string;
  /** The name it was subscribed by. */
  readonly type: string;
  readonly data: Json;
}

/**
 * The objects of the Kurento API, as sessions see them: what is behind the protocol. Every request refers the object to
 * the session that asks, which keeps it alive. Refusals are `KurentoError`s; nothing else is thrown but bugs.
 */
export interface ObjectModel {
  /** The new object's id. `properties` are set by their setters after it. */
  create(
    sessionId: string,
    request: {
      readonly type: string;
      readonly constructorParams: Json | undefined;
      readonly properties: Json | undefined;
    },
  ): Promise<string>;
  describe(sessionId: string, objectId: string): ObjectDescription;
  /** The operation's answer, `null` where it has none. */
  invoke(sessionId: string, objectId: string, operation: string, params: Json | undefined): Promise<Json>;
  /** The subscription's id. */
  subscribe(sessionId: string, objectId: string, type: string): string;
  unsubscribe(sessionId: string, subscriptionId: string): void;
  /** Releases it with everything below it; an unknown one is passed over. */
  release(objectId: string): Promise<void>;
  ref(sessionId: string, objectId: string): void;
  unref(sessionId: string, objectId: string): void;
  /** What ServerManager lists. */
  openSession(sessionId: string): void;
  /** What no other session refers to is released. */
  closeSession(sessionId: string): Promise<void>;
  /** Calls back for every event, in order, until the returned function is called. */
  onEvent(listener: (event: ObjectEvent) => void): () => void;
}
