import type { MonotonicMs, TransportAddress } from '@rivero/core';
import type { Allocation, TurnRequest } from '../allocation.ts';
import type { Allocations } from '../allocations.ts';
import type { OutputQueue } from '../output-queue.ts';
import type { PeerDataConnections } from '../peer-data-connections.ts';
import type { PeerPolicy, PeerRefusal } from '../peer-policy.ts';
import type { SourceLimiter } from '../source-limiter.ts';
import type { TurnAnswer } from '../turn-answer.ts';
import type { AddressFamily } from '../turn-path.ts';
import type { TurnServerCounters } from '../turn-server-counters.ts';
import type { TurnServerLimits } from '../turn-server-limits.ts';

/** What the answers to requests are made of. */
export interface RequestContext {
  readonly limits: TurnServerLimits;
  readonly families: readonly AddressFamily[];
  readonly policy: PeerPolicy;
  readonly allocations: Allocations;
  readonly peers: PeerDataConnections;
  readonly outputs: OutputQueue;
  readonly openings: SourceLimiter;
  readonly counters: TurnServerCounters;
}

/** A request for what the sender's allocation has. */
export type AllocationRequest = (
  context: RequestContext,
  request: TurnRequest,
  allocation: Allocation,
  now: MonotonicMs,
) => TurnAnswer;

export function tellRefusal(
  { outputs, counters }: RequestContext,
  { user }: Allocation,
  peer: TransportAddress,
  refusal: PeerRefusal,
): void {
  counters.count('peer-refused');
  outputs.tell({ type: 'peer-refused', identity: user.identity, peer, refusal });
}
