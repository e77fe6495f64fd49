import { assert, elapsed, milliseconds, type MonotonicMs } from '@rivero/core';
import type { RawData, WebSocket } from 'ws';
import type { RpcServer, RpcSocket, SocketPort } from '../rpc/index.ts';

/**
 * A client that said nothing for that long is asked for a sign of life. Java clients give none and complain in their log,
 * but speak by themselves every 240 s. Whose machine is gone is found out long before, by TCP.
 */
export const pingInterval = milliseconds(300_000);

/** A socket on which nothing came for that long is closed. */
export const silenceMax = milliseconds(600_000);

/** How long a client may take for its part of the closing handshake. */
const farewell = milliseconds(1_000);

/** Text that is no UTF-8 (RFC 6455 section 7.4.1). */
const invalidPayload = 1007;

export interface KurentoSocketOptions {
  readonly socket: WebSocket;
  readonly rpc: RpcServer;
  readonly now: () => MonotonicMs;
}

/** One WebSocket between a client and the protocol. */
export class KurentoSocket implements SocketPort {
  readonly #socket: WebSocket;
  readonly #rpc: RpcServer;
  readonly #rpcSocket: RpcSocket;
  readonly #now: () => MonotonicMs;
  #heardAt: MonotonicMs;
  #pingedAt: MonotonicMs;
  #closingSince: MonotonicMs | undefined;

  constructor({ socket, rpc, now }: KurentoSocketOptions) {
    this.#socket = socket;
    this.#rpc = rpc;
    this.#now = now;
    this.#heardAt = now();
    this.#pingedAt = now();
    this.#rpcSocket = rpc.openSocket(this);
    socket.on('message', (data) => this.#handleMessage(data));
    socket.on('pong', () => this.#handleSign());
    socket.on('ping', () => this.#handleSign());
    socket.once('close', () => rpc.handleClose(this.#rpcSocket, now()));
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#closingSince = this.#now();
    this.#socket.close(code, reason);
  }

  /** Ends it when it is dead. */
  handleTimeout(now: MonotonicMs): void {
    const silence = elapsed(this.#heardAt, now);
    const isOver = this.#closingSince !== undefined && elapsed(this.#closingSince, now) >= farewell;
    if (isOver || silence >= silenceMax) this.terminate();
    else if (silence >= pingInterval && elapsed(this.#pingedAt, now) >= pingInterval) {
      this.#pingedAt = now;
      this.#socket.ping();
    }
  }

  /** Closes it before the protocol takes anything from it. */
  turnAway(code: number, reason: string): void {
    this.#rpcSocket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #handleSign(): void {
    this.#heardAt = this.#now();
  }

  /** The official client writes its texts into binary frames: nobody looks at the kind. */
  #handleMessage(data: RawData): void {
    this.#handleSign();
    const text = decode(data);
    if (text === undefined) this.#rpcSocket.close(invalidPayload, 'Malformed UTF-8');
    else this.#rpc.handleText(this.#rpcSocket, text, this.#now());
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(data: RawData): string | undefined {
  assert(!Array.isArray(data), 'fragments are joined');
  try {
    return utf8.decode(data);
  } catch {
    return undefined;
  }
}
