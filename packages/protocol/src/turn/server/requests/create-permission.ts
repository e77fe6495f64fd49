import { parseXorAddress, turnAttributeType } from '../../../stun/index.ts';
import { accepted, refused } from '../turn-answer.ts';
import { familyOf } from '../turn-path.ts';
import { type AllocationRequest, tellRefusal } from './request-context.ts';

/** CreatePermission (RFC 8656 section 10.2): all of its peers, or none. */
export const handleCreatePermission: AllocationRequest = (context, { message }, allocation, now) => {
  const told = message.attributes.filter(({ type }) => type === turnAttributeType.xorPeerAddress);
  const peers = told.flatMap(({ value }) => parseXorAddress(value, message.transactionId) ?? []);
  if (peers.length === 0 || peers.length !== told.length) return refused(400);
  for (const peer of peers) {
    if (allocation.relayOf(familyOf(peer.ip)) === undefined) return refused(443);
    const refusal = context.policy.refusalOfIp(peer.ip);
    if (refusal === undefined) continue;
    tellRefusal(context, allocation, peer, refusal);
    return refused(403);
  }
  const ips = peers.map(({ ip }) => ip);
  return allocation.permissions.permit(ips, now) ? accepted() : refused(508);
};
