import { findAttribute, findXorAddress, turnAttributeType } from '../../../stun/index.ts';
import { channelMaxBefore, channelMin } from '../../channel-data.ts';
import { accepted, refused } from '../turn-answer.ts';
import { familyOf } from '../turn-path.ts';
import { type AllocationRequest, tellRefusal } from './request-context.ts';

/** ChannelBind (RFC 8656 section 12.2). */
export const handleChannelBind: AllocationRequest = (context, { message }, allocation, now) => {
  const value = findAttribute(message, turnAttributeType.channelNumber)?.value;
  const peer = findXorAddress(message, turnAttributeType.xorPeerAddress);
  if (value?.length !== 4 || peer === undefined || allocation.transport === 'tcp') return refused(400);
  const channel = (value[0] << 8) | value[1];
  if (channel < channelMin || channel > channelMaxBefore) return refused(400);
  if (allocation.relayOf(familyOf(peer.ip)) === undefined) return refused(443);
  const refusal = context.policy.refusalOf(peer);
  if (refusal !== undefined) {
    tellRefusal(context, allocation, peer, refusal);
    return refused(403);
  }
  switch (allocation.permissions.bind(channel, peer, now)) {
    case 'bound':
      return accepted();
    case 'taken':
      return refused(400);
    case 'too-many':
      return refused(508);
  }
};
