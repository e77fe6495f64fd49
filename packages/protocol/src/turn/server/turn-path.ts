import { isIpv6, type TransportAddress } from '@rivero/core';

/** The driver's number for one of its sockets that receive datagrams. */
export type ListenerId = number;

/** The driver's number for a connection of a client. */
export type ConnectionId = number;

/** Our number for a relayed address, open or being opened. */
export type RelayId = number;

/** CONNECTION-ID of a peer data connection (RFC 6062). */
export type PeerDataConnectionId = number;

/** How a client is reached: its 5-tuple. */
export type TurnPath =
  | { readonly type: 'datagram'; readonly listener: ListenerId; readonly remote: TransportAddress }
  | {
      readonly type: 'stream';
      readonly connection: ConnectionId;
      readonly isSecure: boolean;
      readonly remote: TransportAddress;
    };

/** What carries a client's messages. */
export type ClientTransport = 'udp' | 'tcp' | 'tls';

export function clientTransport(path: TurnPath): ClientTransport {
  if (path.type === 'datagram') return 'udp';
  return path.isSecure ? 'tls' : 'tcp';
}

export type AddressFamily = 4 | 6;

export function familyOf(ip: string): AddressFamily {
  return isIpv6(ip) ? 6 : 4;
}
