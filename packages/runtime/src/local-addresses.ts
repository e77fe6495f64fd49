import { networkInterfaces } from 'node:os';

export interface LocalAddress {
  readonly family: 'IPv4' | 'IPv6';
  readonly address: string;
}

/** Addresses under which other devices of the network may reach this machine: no loopback, no link-local ones. */
export function listLocalAddresses(): readonly LocalAddress[] {
  const found: LocalAddress[] = [];
  for (const entries of Object.values(networkInterfaces())) {
    for (const { address, family, internal } of entries ?? []) {
      if (internal || isLinkLocal(address)) continue;
      found.push({ family, address });
    }
  }
  return found;
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab]/i.test(address);
}
