import type { TransportAddress } from '@rivero/core';
import { type DatapathChoice, openNativeSockets } from '@rivero/datapath';
import { DgramSockets } from './dgram-sockets.ts';

/** A bound UDP socket. */
export interface UdpSocket {
  readonly port: number;
  /** What was received may be sent on within `onPacket`; other bytes are the socket's until they have left. */
  send(bytes: Uint8Array, remote: TransportAddress): void;
  /** With four bytes before them, the highest first. */
  sendWithHeader(header: number, bytes: Uint8Array, remote: TransportAddress): void;
  close(): void;
}

export interface UdpSocketOptions {
  readonly ip: string;
  /** 0: any that is free. */
  readonly port: number;
  /** `bytes` may be a view of memory that is written to again after it. */
  readonly onPacket: (remote: TransportAddress, bytes: Uint8Array) => void;
}

/** Where a server has its UDP sockets from. */
export interface UdpSockets {
  /** Datagrams that could not be sent, or of which the end was missing. */
  readonly dropped: number;
  /** It hears from now on; or what the system says. */
  bind(options: UdpSocketOptions): UdpSocket | NodeJS.ErrnoException;
  /** Closes those that are still open. */
  close(): void;
}

/** Sockets of the native datapath where that is wanted and there, else Node's. Refused: `datapath-absent`. */
export function openUdpSockets(choice: DatapathChoice): UdpSockets {
  return openNativeSockets(choice) ?? new DgramSockets();
}
