import { hostCandidates, type IceCandidate } from '@rivero/protocol/ice';
import type { OpenSockets } from './open-sockets.ts';
import type { WorkerSettings } from './worker-protocol.ts';

/** What the worker's answers name: the addresses that its sockets were bound to, and the external ones. */
export function mediaCandidates(
  { addresses, port }: Pick<OpenSockets, 'addresses' | 'port'>,
  { udp, tcp, externalIpv4, externalIpv6 }: WorkerSettings,
): readonly IceCandidate[] {
  return hostCandidates({
    addresses,
    externalAddresses: [externalIpv6, externalIpv4].filter((ip) => ip !== undefined),
    ...(udp ? { udpPort: port } : {}),
    ...(tcp ? { tcpPort: port } : {}),
  });
}
