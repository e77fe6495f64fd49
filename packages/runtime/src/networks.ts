import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses and networks as settings name them: `10.0.0.0/8`, `::1`. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** Of an address as a socket tells it: IPv4 may be mapped into IPv6, and link-local addresses come with their interface. */
  has(address: string): boolean {
    const [bare = ''] = address.split('%');
    return isIP(bare) !== 0 && this.#list.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
  }
}
