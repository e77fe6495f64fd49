import { assert } from '@rivero/core';
import { type AddressRange, isInRange, parseAddressRange } from './address-range.ts';

/** What an address is besides somebody's on the Internet. */
export type SpecialAddress =
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'multicast'
  | 'documentation'
  | 'benchmarking'
  | 'translated'
  | 'reserved';

/** The registries of special-purpose addresses (RFC 6890) as far as nobody is reached there, or somebody who should not be. */
const specials: Readonly<Record<SpecialAddress, readonly string[]>> = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  // With the address at which Azure's machines ask their host.
  'link-local': ['169.254.0.0/16', 'fe80::/10', '168.63.129.16'],
  // Behind carriers' NATs (RFC 6598).
  shared: ['100.64.0.0/10'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  benchmarking: ['198.18.0.0/15', '2001:2::/48'],
  // Prefixes whose IPv4 address the translator alone knows: local NAT64 (RFC 8215) and Teredo (RFC 4380).
  translated: ['64:ff9b:1::/48', '2001::/32'],
  // With the broadcast address, 6to4 relays (RFC 7526), ORCHIDs, discarded and segment routing.
  reserved: ['192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4', '100::/64', '2001:10::/28', '2001:20::/28', '5f00::/16'],
};

/** Where IPv6 addresses have an IPv4 address inside, and at which byte. */
const embeddings: readonly { readonly prefix: string; readonly at: number }[] = [
  // IPv4-compatible and IPv4-mapped (RFC 4291 section 2.5.5), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056).
  { prefix: '::/96', at: 12 },
  { prefix: '::ffff:0:0/96', at: 12 },
  { prefix: '::ffff:0:0:0/96', at: 12 },
  { prefix: '64:ff9b::/96', at: 12 },
  { prefix: '2002::/16', at: 2 },
];

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  assert(parsed !== undefined, 'the tables have ranges');
  return parsed;
}

const specialRanges = Object.entries(specials).flatMap(([kind, ranges]) =>
  ranges.map((text) => ({ kind: kind as SpecialAddress, range: range(text) })),
);
const embeddingRanges = embeddings.map(({ prefix, at }) => ({ range: range(prefix), at }));

/** `undefined` for an address of the Internet; `ip` is 4 or 16 bytes. Addresses with one inside are not looked into. */
export function specialAddress(ip: Uint8Array): SpecialAddress | undefined {
  return specialRanges.find((special) => isInRange(ip, special.range))?.kind;
}

/** The IPv4 address that whoever translates an IPv6 address would send to. */
export function embeddedIpv4(ip: Uint8Array): Uint8Array | undefined {
  if (ip.length !== 16) return undefined;
  const embedding = embeddingRanges.find((entry) => isInRange(ip, entry.range));
  if (embedding !== undefined) return ip.subarray(embedding.at, embedding.at + 4);
  // ISATAP (RFC 5214 section 6.1): 0:5efe or 200:5efe in the interface's half.
  const isIsatap = (ip[8] & 0xfd) === 0 && ip[9] === 0 && ip[10] === 0x5e && ip[11] === 0xfe;
  return isIsatap ? ip.subarray(12) : undefined;
}
