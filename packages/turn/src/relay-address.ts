/** Where relays of one family are opened, and what others know the place by. */
export interface RelayAddress {
  /** An address of this machine. */
  readonly ip: string;
  /** That behind which a NAT hides it, port by port; left out: the same. */
  readonly announced?: string;
}
