import { CodedError, isIpv6 } from '@rivero/core';
import type { EndpointSettings } from '../../endpoint-contract.ts';
import { isAddressOf } from '../media-candidates.ts';

/** What is known of this machine's addresses. */
export interface OwnAddresses {
  /** Of the interfaces, those that others reach first. */
  readonly addresses: readonly string[];
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
}

/** The one address that descriptions of an RTP endpoint name: sockets are bound to all. */
export function rtpAddress(
  ip: 'ipv4' | 'ipv6',
  own: OwnAddresses,
  settings: Pick<EndpointSettings, 'networkInterfaces' | 'externalIpv4' | 'externalIpv6'> | undefined,
): string {
  const isOfFamily = (address: string): boolean => isIpv6(address) === (ip === 'ipv6');
  const external = ip === 'ipv6' ? settings?.externalIpv6 : settings?.externalIpv4;
  const names = settings?.networkInterfaces ?? [];
  const allowed = own.addresses.filter(isAddressOf(names));
  const ofMachine = names.length > 0 ? undefined : ip === 'ipv6' ? own.externalIpv6 : own.externalIpv4;
  const address = external ?? ofMachine ?? allowed.find(isOfFamily);
  if (address !== undefined) return address;
  throw new CodedError('rtp-no-address', 'This machine has no address of that family on its allowed interfaces.', {
    ip,
  });
}
