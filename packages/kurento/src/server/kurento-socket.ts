import { elapsed, milliseconds, type MonotonicMs } from '@rivero/core';
import type { RawData, WebSocket } from 'ws';
import type { RpcServer, RpcSocket, SocketPort } from '../rpc/index.ts';

/** A client that said nothing for that long is asked for a sign of life; every WebSocket library gives it by itself. */
export const pingInterval = milliseconds(60_000);

/** A socket on which nothing came for that long is closed. */
export const silenceMax = milliseconds(180_000);

/** How long a client may take for its part of the closing handshake. */
const farewell = milliseconds(1_000);

/** Unsupported data (RFC 6455 section 7.4.1). */
const unsupportedData = 1003;

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
    socket.on('message', (data, isBinary) => this.#handleMessage(data, isBinary));
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

  #handleMessage(data: RawData, isBinary: boolean): void {
    this.#handleSign();
    if (isBinary) this.#rpcSocket.close(unsupportedData, 'Binary frames are not supported');
    else if (Buffer.isBuffer(data)) this.#rpc.handleText(this.#rpcSocket, data.toString(), this.#now());
  }
}
