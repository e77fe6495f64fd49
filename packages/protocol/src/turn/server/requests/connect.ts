import { findXorAddress, turnAttributeType } from '../../../stun/index.ts';
import { questionOf, refused } from '../turn-answer.ts';
import { familyOf } from '../turn-path.ts';
import { type AllocationRequest, tellRefusal } from './request-context.ts';

/** Connect (RFC 6062 section 5.2), answered when the peer is there or is not. */
export const handleConnect: AllocationRequest = (context, { message, path, authenticated }, allocation, now) => {
  const { peers, policy, outputs, openings } = context;
  const address = findXorAddress(message, turnAttributeType.xorPeerAddress);
  if (address === undefined || allocation.transport !== 'tcp') return refused(400);
  const relay = allocation.relayOf(familyOf(address.ip));
  if (relay === undefined) return refused(443);
  const refusal = policy.refusalOf(address);
  if (refusal !== undefined) {
    tellRefusal(context, allocation, address, refusal);
    return refused(403);
  }
  if (peers.findTo(allocation, address) !== undefined) return refused(446);
  if (!peers.hasRoom(allocation) || !openings.take(path.remote.ip, now)) return refused(508);
  const connect = { question: questionOf(message), integrity: authenticated.integrity };
  const peer = peers.add(allocation, address, connect, now);
  outputs.push({ type: 'connect-peer', peer: peer.id, relay: relay.id, address });
  return { type: 'later' };
};
