import type { Counters } from '@rivero/core';

/** What a server counts; drops have the reason as their name. */
export const turnServerCounters = [
  'defective',
  'unexpected',
  'no-allocation',
  'no-permission',
  'no-channel',
  'no-relay',
  'too-long',
  'unknown-attribute',
  'peer-refused',
  'bandwidth-exceeded',
  'binding-answered',
  'binding-limited',
  'challenged',
  'challenge-limited',
  'authentication-failed',
  'refused',
  'allocated',
  'packets-from-clients',
  'bytes-from-clients',
  'packets-from-peers',
  'bytes-from-peers',
] as const;

export type TurnServerCounters = Counters<(typeof turnServerCounters)[number]>;
