import type { MonotonicMs } from '@rivero/core';
import { parseAllocate } from '../allocate-request.ts';
import type { Allocation, TurnRequest } from '../allocation.ts';
import { refused, type TurnAnswer } from '../turn-answer.ts';
import type { RequestContext } from './request-context.ts';

/** Allocate (RFC 8656 section 7.2). `existing`: what the 5-tuple has already. */
export function handleAllocate(
  { allocations, families, limits }: RequestContext,
  request: TurnRequest,
  existing: Allocation | undefined,
  now: MonotonicMs,
): TurnAnswer {
  if (existing !== undefined) {
    if (!existing.isMadeBy(request.message.transactionId)) return refused(437);
    return existing.response === undefined ? { type: 'later' } : { type: 'again', bytes: existing.response };
  }
  const ask = parseAllocate(request.message, request.path, families, limits.lifetimeMax);
  return typeof ask === 'number' ? refused(ask) : allocations.open(request, ask, now);
}
