import type { MonotonicMs } from '@rivero/core';
import { parseAllocate } from '../allocate-request.ts';
import type { Allocation, TurnRequest } from '../allocation.ts';
import type { TurnAccount } from '../turn-accounts.ts';
import { refused, type TurnAnswer } from '../turn-answer.ts';
import type { TcpRelays } from '../turn-server-limits.ts';
import type { RequestContext } from './request-context.ts';

/** Allocate (RFC 8656 section 7.2). `existing`: what the 5-tuple has already. */
export function handleAllocate(
  { allocations, families, limits, openings }: RequestContext,
  request: TurnRequest,
  existing: Allocation | undefined,
  now: MonotonicMs,
): TurnAnswer {
  if (existing !== undefined) {
    if (!existing.isMadeBy(request.message.transactionId)) return refused(437);
    return existing.response === undefined ? { type: 'later' } : { type: 'again', bytes: existing.response };
  }
  const ask = parseAllocate(request.message, request.path, families, limits.lifetimeMax);
  if (typeof ask === 'number') return refused(ask);
  if (ask.transport === 'tcp' && !mayHaveTcp(request.authenticated.account, limits.tcpRelays)) {
    return refused(403, 'No TCP Relays for This User');
  }
  if (!openings.take(request.path.remote.ip, now)) return refused(486);
  return allocations.open(request, ask, now);
}

function mayHaveTcp({ expiresAt }: TurnAccount, tcpRelays: TcpRelays): boolean {
  return tcpRelays === 'all' || (tcpRelays === 'users' && expiresAt === undefined);
}
