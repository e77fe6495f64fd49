import type { TransportAddress } from '@rivero/core';

/** How a TURN server is reached. */
export type RelayTransport = 'udp' | 'tcp' | 'tls';

/** A TURN server and who we are there. */
export interface RelayServer {
  readonly address: TransportAddress;
  /** As it was told: whom its TLS certificate must name. */
  readonly host: string;
  readonly transport: RelayTransport;
  readonly username: string;
  readonly password: string;
}
