import type { Config } from '@rivero/runtime';

/** Those of the NAT in front of this machine. */
export function externalAddresses({ externalIpv4, externalIpv6 }: Config): readonly string[] {
  return [externalIpv4, externalIpv6].filter((address) => address !== undefined);
}
