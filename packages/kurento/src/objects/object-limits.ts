/** How much clients may make of what stays until they release it. What goes beyond is refused: `NOT_ENOUGH_RESOURCES`. */
export interface ObjectLimits {
  /** Pipelines of all sessions together. */
  readonly pipelinesMax: number;
  /** Objects of all sessions together. */
  readonly objectsMax: number;
  /** Objects that one session refers to, when it asks for another one. */
  readonly objectsPerSessionMax: number;
  /** Subscriptions of all sessions together. */
  readonly subscriptionsMax: number;
  /** Subscriptions of one session. */
  readonly subscriptionsPerSessionMax: number;
  /** Subscriptions of all sessions to one object. */
  readonly subscriptionsPerObjectMax: number;
  /** Tags of one object. */
  readonly tagsMax: number;
  /** Operations of one object that wait for the one that runs. */
  readonly waitingOperationsMax: number;
}

/** For one session that has a whole application's conferences, as application servers use it. */
export const objectLimits: ObjectLimits = {
  pipelinesMax: 10_000,
  objectsMax: 100_000,
  objectsPerSessionMax: 50_000,
  subscriptionsMax: 1_000_000,
  subscriptionsPerSessionMax: 100_000,
  subscriptionsPerObjectMax: 10_000,
  tagsMax: 100,
  waitingOperationsMax: 1000,
};

/** Characters of an object's name, and of a tag's key and value. */
export const nameLengthMax = 1024;
