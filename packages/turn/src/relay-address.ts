import type { AddressFamily } from '@rivero/protocol/turn-server';

/** Where relays of one family are opened, and what others know the place by. */
export interface RelayAddress {
  /** An address of this machine. */
  readonly ip: string;
  /** That behind which a NAT hides it, port by port; left out: the same. */
  readonly announced?: string;
}

/** One of each family at most. */
export type RelayAddresses = Readonly<Partial<Record<AddressFamily, RelayAddress>>>;
