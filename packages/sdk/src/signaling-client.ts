import { type ClientEvents, type Reply, type ServerEvents, signalingPath } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { io, type Socket } from 'socket.io-client';

/** A request without an answer for that long has failed. */
const requestTimeoutMs = 10_000;
/** Those for which much is done take longer where server or browser are busy; given up, all of it was in vain. */
const slowRequestTimeoutMs = 30_000;
const slowRequests: ReadonlySet<keyof ClientEvents> = new Set(['join', 'negotiate']);

type Requests = {
  readonly [Name in keyof ClientEvents]: {
    readonly request: Parameters<ClientEvents[Name]>[0];
    readonly value: Parameters<Parameters<ClientEvents[Name]>[1]>[0] extends Reply<infer Value> ? Value : never;
  };
};

/** The typed socket to the server: requests are promises, refusals are coded errors. */
export class SignalingClient {
  readonly socket: Socket<ServerEvents, ClientEvents>;
  /** The same one. The types of Socket.IO cannot follow a generic event name; requests and replies are typed here. */
  readonly #untyped: Socket;

  constructor(url: string) {
    this.#untyped = io(url, {
      path: signalingPath,
      transports: ['websocket', 'polling'],
      // Without this a proxy that lets no WebSocket through keeps everybody out.
      tryAllTransports: true,
      autoConnect: false,
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      timeout: 10_000,
    });
    this.socket = this.#untyped;
    // What Socket.IO keeps when it finds a connection gone as something is sent, it would send before anybody can resume.
    this.#untyped.on('disconnect', () => void this.#untyped.sendBuffer.splice(0));
  }

  /** Resolves once connected; a server that no transport reaches is refused. */
  connect(): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        stop();
        reject(
          new CodedError('server-unreachable', 'The server cannot be reached; check the network and the address.', {
            cause: error.message,
          }),
        );
      };
      const succeed = (): void => {
        stop();
        resolve();
      };
      const stop = (): void => {
        socket.off('connect', succeed);
        socket.off('connect_error', fail);
      };
      socket.on('connect', succeed);
      socket.on('connect_error', fail);
      socket.connect();
    });
  }

  /**
   * Nothing is kept for later: what is asked while the connection is away fails at once. `follow` is called with the value
   * before any event that came behind the answer; the promise may resolve after it, when both came in one HTTP response.
   */
  async request<Name extends keyof ClientEvents>(
    name: Name,
    request: Requests[Name]['request'],
    follow: (value: Requests[Name]['value']) => void = () => {},
  ): Promise<Requests[Name]['value']> {
    const reply = await this.#emit(name, request, follow);
    if (reply === undefined) {
      throw new CodedError(
        'server-silent',
        'The server did not answer; it is tried again when the connection is back.',
      );
    }
    if (reply.ok) return reply.value;
    throw new CodedError(reply.error.code, reply.error.message);
  }

  /** Tries to connect at once rather than when Socket.IO would try next. Nothing where there is a connection. */
  reconnectNow(): void {
    if (!this.socket.connected) this.socket.disconnect().connect();
  }

  close(): void {
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  /** Undefined: there was no answer. */
  #emit<Name extends keyof ClientEvents>(
    name: Name,
    request: Requests[Name]['request'],
    follow: (value: Requests[Name]['value']) => void,
  ): Promise<Reply<Requests[Name]['value']> | undefined> {
    return new Promise((resolve) => {
      // Socket.IO would send it before anybody can resume, and the server would not know whose it is.
      if (!this.socket.connected) return resolve(undefined);
      const answer = (error: Error | null, reply?: Reply<Requests[Name]['value']>): void => {
        if (error === null && reply?.ok === true) follow(reply.value);
        resolve(error === null ? reply : undefined);
      };
      const timeoutMs = slowRequests.has(name) ? slowRequestTimeoutMs : requestTimeoutMs;
      this.#untyped.timeout(timeoutMs).emit(name, request, answer);
    });
  }
}
