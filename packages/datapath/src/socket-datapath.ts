import type { MonotonicMs, PathHandle, TransportAddress } from '@rivero/core';
import type { DatagramPort, Datapath, DatapathPaths } from './contract.ts';

/** Its paths as its sockets know them. */
export interface SocketPaths extends DatapathPaths {
  /** A socket from which {@link openDatagram} may speak first. */
  addPort(port: DatagramPort): void;
  /** The socket is closed, and its paths with it. */
  removePort(port: DatagramPort): void;
  /** Who opens sockets for {@link openConnected}. */
  setConnector(connector: (remote: TransportAddress) => PathHandle | undefined): void;
}

/** A datapath as its sockets know it. */
export interface SocketDatapath extends Datapath {
  readonly paths: SocketPaths;
  /** A datagram that a socket received; it is copied. Rows wait for {@link deliver}. */
  receive(port: DatagramPort, bytes: Uint8Array, ip: string, remotePort: number): void;
  /** A datagram that came to a port of one session; it is copied. */
  receiveAtOwnPort(port: DatagramPort, bytes: Uint8Array, remote: TransportAddress, now: MonotonicMs): void;
  /** The system refused a datagram that a port took, for example because its firewall or routes say so. */
  handleSendFailure(): void;
  /** Hands over what was received since the last time: once a wake-up. */
  deliver(): void;
  /** How many of each thing are open; all zero when everybody has gone, but for paths that are forgotten later. */
  sizes(): { readonly paths: number; readonly sessions: number; readonly streams: number };
}
