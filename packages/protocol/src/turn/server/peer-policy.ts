import { CodedError, formatIp, parseIp, type PortRange, type TransportAddress } from '@rivero/core';
import { type AddressRange, isInRange, isSingle, parseAddressRange } from './address-range.ts';
import { embeddedIpv4, type SpecialAddress, specialAddress } from './special-addresses.ts';

export interface PeerPolicyOptions {
  /** Addresses and CIDRs that are allowed; an address of this machine only as itself, or by a CIDR of loopback addresses. */
  readonly allow: readonly string[];
  /** Addresses of this machine, those that others know it by included. */
  readonly own: readonly string[];
  /** CIDRs of the networks that these are in: firewalls may keep others from there, but not us. */
  readonly ownNetworks?: readonly string[];
  /** Ports of these that relays may reach: the relays themselves and media. */
  readonly ownPorts: readonly PortRange[];
}

/** Why nobody may be reached there through us. */
export type PeerRefusal = SpecialAddress | 'own-address' | 'own-network' | 'port-zero';

/**
 * To whom relays may send: to anybody on the Internet, but not into the network in which the server stands, and to the
 * server itself only where it expects packets of everybody. Pure: what it answers depends on what it was told alone.
 */
export class PeerPolicy {
  readonly #allow: readonly AddressRange[];
  #own: ReadonlySet<string>;
  #ownNetworks: readonly AddressRange[];
  readonly #ownPorts: readonly PortRange[];

  /** Throws `turn-bad-peer-range` for an entry of `allow` that is none. */
  constructor({ allow, own, ownNetworks = [], ownPorts }: PeerPolicyOptions) {
    this.#allow = allow.map(rangeOf);
    this.#own = canonical(own);
    this.#ownNetworks = ownNetworks.map(rangeOf);
    this.#ownPorts = ownPorts;
  }

  /** Machines get addresses and lose them while they run: those for privacy change every day (RFC 8981). */
  setOwn(own: readonly string[], ownNetworks: readonly string[] = []): void {
    this.#own = canonical(own);
    this.#ownNetworks = ownNetworks.map(rangeOf);
  }

  /** For permissions, which have no port. */
  refusalOfIp(ip: string): PeerRefusal | undefined {
    const bytes = parseIp(ip);
    if (this.#isAllowed(ip, bytes)) return undefined;
    if (this.#own.has(ip)) return this.#ownPorts.length > 0 ? undefined : 'own-address';
    const embedded = embeddedIpv4(bytes);
    // The unspecified and the loopback address are IPv4-compatible by their form only.
    const special = specialAddress(bytes) ?? (embedded && specialAddress(embedded));
    if (special !== undefined) return special;
    if (embedded !== undefined && this.#own.has(formatIp(embedded))) return 'own-address';
    return [bytes, embedded ?? bytes].some((each) => this.#isBeside(each)) ? 'own-network' : undefined;
  }

  refusalOf(peer: TransportAddress): PeerRefusal | undefined {
    return this.refusalOfPort(peer) ?? this.refusalOfIp(peer.ip);
  }

  /** What is left to ask for each packet when the IP address has a permission. */
  refusalOfPort({ ip, port }: TransportAddress): PeerRefusal | undefined {
    if (port === 0) return 'port-zero';
    if (!this.#own.has(ip)) return undefined;
    if (this.#ownPorts.some(({ first, last }) => port >= first && port <= last)) return undefined;
    return this.#isAllowed(ip, parseIp(ip)) ? undefined : 'own-address';
  }

  #isBeside(bytes: Uint8Array): boolean {
    return this.#ownNetworks.some((range) => isInRange(bytes, range));
  }

  /** Who names a network means the others in it: our own services there have to be meant. */
  #isAllowed(ip: string, bytes: Uint8Array): boolean {
    const isElsewhere = !this.#own.has(ip) || specialAddress(bytes) === 'loopback';
    return this.#allow.some((range) => isInRange(bytes, range) && (isElsewhere || isSingle(range)));
  }
}

function canonical(ips: readonly string[]): ReadonlySet<string> {
  return new Set(ips.map((ip) => formatIp(parseIp(ip))));
}

function rangeOf(text: string): AddressRange {
  const range = parseAddressRange(text);
  if (range === undefined) throw new CodedError('turn-bad-peer-range', `${text} is no address and no CIDR.`, { text });
  return range;
}
