import type { PortRange, TransportAddress } from '@rivero/core';
import type { RelayAddresses } from './relay-address.ts';

/**
 * What relays of ours send each other where a NAT hides them: it stays on this machine, as many NATs lead nothing back in
 * that comes from inside (RFC 4787 section 6), and yet each knows the other by its address outside.
 */
export class Hairpin {
  readonly #ports: PortRange;
  readonly #inside = new Map<string, string>();
  readonly #outside = new Map<string, string>();

  constructor(relays: RelayAddresses, ports: PortRange) {
    this.#ports = ports;
    for (const { ip, announced = ip } of Object.values(relays)) {
      if (announced === ip) continue;
      this.#inside.set(announced, ip);
      this.#outside.set(ip, announced);
    }
  }

  /** Where to send what is for that address. */
  inward(address: TransportAddress): TransportAddress {
    return this.#translate(address, this.#inside);
  }

  /** What others call the one who sends from there. */
  outward(address: TransportAddress): TransportAddress {
    return this.#translate(address, this.#outside);
  }

  #translate(address: TransportAddress, ips: ReadonlyMap<string, string>): TransportAddress {
    if (ips.size === 0) return address;
    const { port } = address;
    const ip = ips.get(address.ip);
    return ip === undefined || port < this.#ports.first || port > this.#ports.last ? address : { ip, port };
  }
}
