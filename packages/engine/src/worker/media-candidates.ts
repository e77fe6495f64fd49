import { networkInterfaces } from 'node:os';
import { isIpv6 } from '@rivero/core';
import { hostCandidates, type IceCandidate } from '@rivero/protocol/ice';
import type { EndpointSettings } from '../endpoint-contract.ts';
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

/** What an endpoint tells: the same, but for what its settings say. */
export function endpointCandidates(
  sockets: Pick<OpenSockets, 'addresses' | 'port'>,
  settings: WorkerSettings,
  endpoint: EndpointSettings | undefined,
): readonly IceCandidate[] {
  if (endpoint === undefined) return mediaCandidates(sockets, settings);
  const { iceTcp, networkInterfaces: names, externalIpv4, externalIpv6 } = endpoint;
  const isReplaced = (ip: string): boolean => (isIpv6(ip) ? externalIpv6 : externalIpv4) !== undefined;
  const isAllowed = isAddressOf(names);
  const addresses = sockets.addresses.filter((ip) => !isReplaced(ip) && isAllowed(ip));
  const tcp = settings.tcp && iceTcp;
  const external = {
    ...(externalIpv4 === undefined ? {} : { externalIpv4 }),
    ...(externalIpv6 === undefined ? {} : { externalIpv6 }),
  };
  return mediaCandidates({ addresses, port: sockets.port }, { ...settings, tcp, ...external });
}

/** Whether it is an address of these network interfaces, as the machine is now; where none is named, each is. */
export function isAddressOf(names: readonly string[]): (ip: string) => boolean {
  if (names.length === 0) return () => true;
  const interfaces = networkInterfaces();
  const addresses = new Set(names.flatMap((name) => interfaces[name] ?? []).map(({ address }) => address));
  return (ip) => addresses.has(ip);
}
