import type { TransportAddress } from '@rivero/core';

/** A bound UDP socket. */
export interface DatagramSocket {
  readonly port: number;
  /** What was received may be sent on within `onPacket`; other bytes are the socket's until they have left. */
  send(bytes: Uint8Array, remote: TransportAddress): void;
  /** With four bytes before them, the highest first. */
  sendWithHeader(header: number, bytes: Uint8Array, remote: TransportAddress): void;
  /** What it was given to send is on its way; it hears nothing more, and sends nothing. */
  close(): void;
}

export interface DatagramSocketOptions {
  readonly ip: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Both are told within a wake-up; `bytes` may be a view of memory that the next one writes to. */
  readonly onPacket: (remote: TransportAddress, bytes: Uint8Array) => void;
}

/** UDP sockets for whoever handles datagrams in TypeScript, as a TURN server does. */
export interface DatagramSockets {
  /** Datagrams that were not sent, as the kernel refused them or too many waited; and those of which the end was missing. */
  readonly dropped: number;
  /** It hears from now on; or what the system says, by its code. */
  bind(options: DatagramSocketOptions): DatagramSocket | NodeJS.ErrnoException;
  /** Closes all. */
  close(): void;
}
