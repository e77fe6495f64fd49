import type { TransportAddress } from '@rivero/core';
import type { DatagramPort, Traffic } from './contract.ts';

type SentCallback = (error: Error | null) => void;

/** What is needed of a dgram socket. */
export interface DatagramSocket {
  send(bytes: Uint8Array, offset: number, length: number, port: number, ip: string, sent?: SentCallback): void;
  getSendQueueCount(): number;
  getSendQueueSize(): number;
}

/** What may wait in one socket before media is dropped instead: each packet keeps a buffer of a slot's size. */
export const queuePacketsMax = 512;
export const queueBytesMax = 512 * 1024;

/** STUN, DTLS and RTCP may wait behind as much again: without answers to its checks a slow peer would be lost. */
const controlFactor = 2;

/** A bound dgram socket. */
export class UdpPort implements DatagramPort {
  readonly local: TransportAddress;
  readonly #socket: DatagramSocket;
  /** One for all packets: a dgram socket tells errors of sending to nobody else. A call of it costs 0.5 µs. */
  readonly #sent: SentCallback;
  /** Packets that waited after the last one was sent; it gets no more without us, only fewer. */
  #queued = 0;

  constructor(socket: DatagramSocket, local: TransportAddress, onSendFailed: () => void) {
    this.#socket = socket;
    this.local = local;
    this.#sent = (error) => {
      if (error !== null) onSendFailed();
    };
  }

  send(bytes: Uint8Array, length: number, remote: TransportAddress, traffic: Traffic): boolean {
    const sent = traffic === 'control' ? this.#sent : undefined;
    this.#socket.send(bytes, 0, length, remote.port, remote.ip, sent);
    // The queue is in order: when anything waits, the last packet does.
    this.#queued = this.#socket.getSendQueueCount();
    return this.#queued > 0;
  }

  isCongested(traffic: Traffic): boolean {
    if (this.#queued === 0) return false;
    this.#queued = this.#socket.getSendQueueCount();
    const factor = traffic === 'control' ? controlFactor : 1;
    return this.#queued >= queuePacketsMax * factor || this.#socket.getSendQueueSize() >= queueBytesMax * factor;
  }
}
