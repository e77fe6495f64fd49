import { isIpv6, type TransportAddress } from '@rivero/core';
import { candidatePriority, type IceCandidate } from '@rivero/protocol/ice';
import type { ReflexiveAddress } from '@rivero/transport';

/** A relayed address, and ours as the TURN server saw it. */
export interface RelayedAddress {
  readonly relayed: TransportAddress;
  readonly mapped: TransportAddress | undefined;
}

/** The only one of its type: the highest local preference (RFC 8445 section 5.1.2.1). */
const localPreference = 65_535;

/** The candidates that servers told us, after those of `told`; none that are there already (RFC 8445 section 5.1.3). */
export function serverCandidates(
  told: readonly IceCandidate[],
  reflexive: ReflexiveAddress | undefined,
  relay: RelayedAddress | undefined,
): readonly IceCandidate[] {
  const candidates: IceCandidate[] = [];
  if (reflexive !== undefined && !isTold(told, reflexive)) {
    const { base, mapped } = reflexive;
    candidates.push({ ...candidateOf('srflx', mapped), foundation: 's1', related: base });
  }
  if (relay !== undefined) {
    const { relayed, mapped } = relay;
    const related = mapped ?? { ip: isIpv6(relayed.ip) ? '::' : '0.0.0.0', port: 0 };
    candidates.push({ ...candidateOf('relay', relayed), foundation: 'r1', related });
  }
  return candidates;
}

/** Without a NAT between, the socket is seen as it is; and an external address may be in the settings. */
function isTold(told: readonly IceCandidate[], { base, mapped: { ip, port } }: ReflexiveAddress): boolean {
  if (base.ip === ip && base.port === port) return true;
  return told.some(({ address, port: other, protocol }) => address === ip && other === port && protocol === 'udp');
}

function candidateOf(type: 'srflx' | 'relay', { ip, port }: TransportAddress): Omit<IceCandidate, 'foundation'> {
  const priority = candidatePriority(type, localPreference, 1);
  return { component: 1, protocol: 'udp', priority, address: ip, port, type };
}
