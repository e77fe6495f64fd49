import { BlockList, isIP } from 'node:net';
import { assert } from '@rivero/core';

/** An address, or all that begin like it. */
interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Bits in which they are alike. */
  readonly prefix: number;
}

/** Reads `10.0.0.0/8` or a single address, without a zone. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const prefixMax = version === 4 ? 32 : 128;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) return { address, family, prefix: prefixMax };
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.POSITIVE_INFINITY;
  return prefix <= prefixMax ? { address, family, prefix } : undefined;
}

/** Addresses and networks as settings name them: `10.0.0.0/8`, `::1`. */
export class Networks {
  readonly #list = new BlockList();

  /** Those that {@link parseNetwork} reads. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = parseNetwork(text);
      assert(network !== undefined, 'settings have networks');
      this.#list.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /** Of an address as a socket tells it: IPv4 may be mapped into IPv6, and link-local addresses come with their interface. */
  has(address: string): boolean {
    const [bare = ''] = address.split('%');
    const version = isIP(bare);
    return version !== 0 && this.#list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }
}
