import { isIpv6 } from '@rivero/core';
import { candidatePriority, type IceCandidate } from './ice-candidate.ts';

export interface HostCandidateOptions {
  /** Usable local addresses, best first. */
  readonly addresses: readonly string[];
  /** Public addresses that a NAT maps to this machine port by port; they come before all local ones. */
  readonly externalAddresses: readonly string[];
  /** Left out: no UDP candidates. */
  readonly udpPort?: number;
  /** Left out: no TCP candidates; they are passive (RFC 6544 section 4.5). */
  readonly tcpPort?: number;
}

/** Direction preference of passive host candidates (RFC 6544 section 4.2). */
const passiveDirectionPreference = 4;

/**
 * The candidates of an ICE-lite server: host candidates for every address, UDP before TCP, external before local, and
 * IPv6 before IPv4 (RFC 8421 leaves the mix to us). The external ones are announced as host candidates too: the peer
 * treats them alike, and a lite agent has no base to name.
 */
export function hostCandidates(options: HostCandidateOptions): readonly IceCandidate[] {
  const { addresses, externalAddresses, udpPort, tcpPort } = options;
  const local = [...addresses].sort((a, b) => Number(isIpv6(b)) - Number(isIpv6(a)));
  const all = [...new Set([...externalAddresses, ...local])];
  return all.flatMap((address, rank) => {
    const preference = all.length - rank;
    const candidates: IceCandidate[] = [];
    const base = { component: 1, address, type: 'host' } as const;
    if (udpPort !== undefined) {
      const priority = candidatePriority('host', 32_768 + preference, 1);
      candidates.push({ ...base, foundation: `u${rank}`, protocol: 'udp', priority, port: udpPort });
    }
    if (tcpPort !== undefined) {
      const localPreference = passiveDirectionPreference * 2 ** 13 + preference;
      // RFC 6544 section 4.2 recommends lower type preferences than UDP's; the lower half of the range does the same.
      const priority = candidatePriority('host', localPreference, 1) - 36 * 2 ** 24;
      candidates.push({
        ...base,
        foundation: `t${rank}`,
        protocol: 'tcp',
        priority,
        port: tcpPort,
        tcpType: 'passive',
      });
    }
    return candidates;
  });
}
