import type { Json } from '../model.ts';
import type { Arguments, JsonRecord } from './arguments.ts';

/** One object of the API as the objects beside it see it. */
export interface KurentoObject {
  /** `<uuid>_kurento.<type>`, below another object after its id and a slash. */
  readonly id: string;
  /** The name of its class: `WebRtcEndpoint`. */
  readonly type: string;
  /** What it was made in: a hub for its ports, else the pipeline. */
  readonly parent: KurentoObject | undefined;
  /** Its pipeline, a pipeline itself; its id is also the name of the engine's room. */
  readonly pipeline: KurentoObject | undefined;
  /** From the moment of its release, when nobody can ask for it any more. */
  readonly isReleased: boolean;
  /**
   * Sends an event of its class, by its current name, to all who subscribed to it. `source`, `tags`, `timestampMillis` and,
   * for media events, `type` are put to the data. After the release nothing is sent.
   */
  raise(event: string, data: JsonRecord): void;
}

/**
 * What an object does when it is asked: by the name of the method, `get…` and `set…` for properties. Refusals are
 * `KurentoError`s; those that the engine's answer to what went away meanwhile become "not found" by themselves.
 * Operations of one object run one after the other, in the order of the requests. `undefined` is answered as `null`.
 */
export type Operations = Readonly<Record<string, (args: Arguments) => Json | undefined | Promise<Json | undefined>>>;

/** One object's inner life, made by its factory. */
export interface ObjectBody {
  /** All that the description of its class and those above it has; those of MediaObject are there already. */
  readonly operations: Operations;
  /**
   * Called once when the object is released, after those below it. What the engine refuses because its room or endpoint is
   * gone already is passed over.
   */
  readonly close?: () => Promise<void>;
}

/** Makes the objects of one class. */
export interface ObjectFactory {
  /** The name of a class that the description has. */
  readonly type: string;
  /** Refused with a `KurentoError`. What it opened when it refuses, it closes itself. */
  readonly open: (object: KurentoObject, args: Arguments) => ObjectBody | Promise<ObjectBody>;
}
