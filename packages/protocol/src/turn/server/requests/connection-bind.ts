import type { PeerDataConnection } from '../peer-data-connections.ts';
import type { MonotonicMs } from '@rivero/core';
import { findAttribute, type StunMessage, turnAttributeType } from '../../../stun/index.ts';
import type { Allocation, TurnRequest } from '../allocation.ts';
import { accepted, refused, type TurnAnswer } from '../turn-answer.ts';
import type { RequestContext } from './request-context.ts';

/** ConnectionBind (RFC 6062 section 5.4): from a new connection of the client. `existing`: the allocation that it has, if any. */
export function handleConnectionBind(
  { peers }: RequestContext,
  { message, path, authenticated }: TurnRequest,
  existing: Allocation | undefined,
  now: MonotonicMs,
): TurnAnswer {
  const id = connectionIdOf(message);
  if (id === undefined || path.type !== 'stream' || existing !== undefined) return refused(400);
  const peer: PeerDataConnection | undefined = peers.find(id);
  if (peer === undefined || peer.state !== 'waiting' || peer.expiresAt <= now) return refused(400);
  if (peer.allocation.user.identity !== authenticated.account.identity) return refused(441);
  peers.join(peer, path.connection);
  return accepted({ type: turnAttributeType.connectionId, value: connectionIdValue(id) });
}

export function connectionIdValue(id: number): Uint8Array {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, id);
  return value;
}

function connectionIdOf(message: StunMessage): number | undefined {
  const value = findAttribute(message, turnAttributeType.connectionId)?.value;
  return value?.length === 4 ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0) : undefined;
}
