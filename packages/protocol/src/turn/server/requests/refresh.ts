import { milliseconds } from '@rivero/core';
import { findAttribute, turnAttributeType } from '../../../stun/index.ts';
import { lifetimeAttribute, parseLifetime } from '../../turn-values.ts';
import { parseFamily, readLifetime } from '../allocate-request.ts';
import { accepted, refused } from '../turn-answer.ts';
import type { AllocationRequest } from './request-context.ts';

/** Refresh (RFC 8656 section 8.2). */
export const handleRefresh: AllocationRequest = ({ allocations, limits }, { message }, allocation, now) => {
  const told = findAttribute(message, turnAttributeType.requestedAddressFamily)?.value;
  const family = told && parseFamily(told);
  if (told !== undefined && (family === undefined || allocation.relayOf(family) === undefined)) return refused(443);
  const value = findAttribute(message, turnAttributeType.lifetime)?.value;
  const isReleased = value !== undefined && parseLifetime(value) === 0;
  const lifetime = isReleased ? milliseconds(0) : readLifetime(message, limits.lifetimeMax);
  allocations.refresh(allocation, { lifetime, ...(family === undefined ? {} : { family }) }, now);
  return accepted(lifetimeAttribute(lifetime));
};
