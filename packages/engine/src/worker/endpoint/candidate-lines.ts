import { candidatePriority, type IceCandidate, serializeCandidate } from '@rivero/protocol/ice';
import type { SelectedPair } from '@rivero/transport';

/** Of a peer that nobody told us of (RFC 8445 section 7.3.1.3). */
const unknownFoundation = 'p1';
/** Of our side, where NAT or a candidate of before stands between. */
const localFoundation = 'l1';

/** The selected pair as candidate lines: those that were told, where there are such. */
export function pairLines(
  { local, remote, protocol }: SelectedPair,
  told: { readonly local: readonly IceCandidate[]; readonly remote: readonly IceCandidate[] },
): { readonly local: string; readonly remote: string } {
  const isOf =
    ({ ip, port }: SelectedPair['local']) =>
    (one: IceCandidate): boolean =>
      one.address === ip && one.port === port && one.protocol === protocol;
  const base = { component: 1, protocol } as const;
  const ownLine: IceCandidate = told.local.find(isOf(local)) ?? {
    ...base,
    foundation: localFoundation,
    priority: candidatePriority('host', 65_535, 1),
    address: local.ip,
    port: local.port,
    type: 'host',
    ...(protocol === 'tcp' ? { tcpType: 'passive' } : {}),
  };
  const remoteLine: IceCandidate = told.remote.find(isOf(remote)) ?? {
    ...base,
    foundation: unknownFoundation,
    priority: candidatePriority('prflx', 65_535, 1),
    address: remote.ip,
    port: remote.port,
    type: 'prflx',
    ...(protocol === 'tcp' ? { tcpType: 'active' } : {}),
  };
  return { local: serializeCandidate(ownLine), remote: serializeCandidate(remoteLine) };
}
