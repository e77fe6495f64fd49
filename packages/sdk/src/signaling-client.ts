import { type ClientEvents, type Reply, type ServerEvents, signalingPath } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { io, type Socket } from 'socket.io-client';

/** A request without an answer for that long has failed. */
const requestTimeoutMs = 10_000;

type Requests = {
  readonly [Name in keyof ClientEvents]: {
    readonly request: Parameters<ClientEvents[Name]>[0];
    readonly value: Parameters<Parameters<ClientEvents[Name]>[1]>[0] extends Reply<infer Value> ? Value : never;
  };
};

/** The typed socket to the server: requests are promises, refusals are coded errors. */
export class SignalingClient {
  readonly socket: Socket<ServerEvents, ClientEvents>;

  constructor(url: string) {
    this.socket = io(url, {
      path: signalingPath,
      transports: ['websocket', 'polling'],
      autoConnect: false,
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      timeout: 10_000,
    });
  }

  /** Resolves once connected; a server that cannot be reached is refused. */
  connect(): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        // Socket.IO goes on to the next transport, and then tries again by itself.
        if (socket.active && !isLastTransport(error)) return;
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
      const timer = setTimeout(() => fail(new Error('timeout')), requestTimeoutMs);
      const stop = (): void => {
        clearTimeout(timer);
        socket.off('connect', succeed);
        socket.off('connect_error', fail);
      };
      socket.on('connect', succeed);
      socket.on('connect_error', fail);
      socket.connect();
    });
  }

  async request<Name extends keyof ClientEvents>(
    name: Name,
    request: Requests[Name]['request'],
  ): Promise<Requests[Name]['value']> {
    const reply = await this.#emit(name, request);
    if (reply.ok) return reply.value;
    throw new CodedError(reply.error.code, reply.error.message);
  }

  close(): void {
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  async #emit<Name extends keyof ClientEvents>(
    name: Name,
    request: Requests[Name]['request'],
  ): Promise<Reply<Requests[Name]['value']>> {
    try {
      // The types of Socket.IO's promise form cannot follow a generic event name; the server's replies are typed above.
      const socket: { emitWithAck(event: string, request: unknown): Promise<Reply<Requests[Name]['value']>> } =
        this.socket.timeout(requestTimeoutMs);
      return await socket.emitWithAck(name, request);
    } catch {
      throw new CodedError(
        'server-silent',
        'The server did not answer; it is tried again when the connection is back.',
      );
    }
  }
}

function isLastTransport(error: Error): boolean {
  return error.message === 'timeout';
}
