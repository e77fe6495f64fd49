import type { Counters } from '@rivero/core';

/** Why something was dropped without an answer. */
export const turnDropReasons = [
  'defective',
  'unexpected',
  'no-allocation',
  'no-permission',
  'no-channel',
  'no-relay',
  'too-long',
  'unknown-attribute',
  'bandwidth-exceeded',
  'binding-limited',
  'challenge-limited',
] as const;

/** What a server counts. */
export const turnServerCounters = [
  ...turnDropReasons,
  'binding-answered',
  'challenged',
  'peer-refused',
  'quota-reached',
  'authentication-failed',
  'refused',
  'allocated',
  'packets-from-clients',
  'bytes-from-clients',
  'packets-from-peers',
  'bytes-from-peers',
] as const;

export type TurnServerCounters = Counters<(typeof turnServerCounters)[number]>;
