import { connect, type Server, type Socket } from 'node:net';
import type { TransportAddress } from '@rivero/core';
import { listenTcp } from './local-sockets.ts';

/** A relayed address for TCP (RFC 6062): it listens, and connects from the same port. */
export class TcpRelay {
  readonly local: TransportAddress;
  readonly #onAccepted: (socket: Socket) => void;
  readonly #onFailed: () => void;
  #server: Server | undefined;
  #isListening = false;
  #isClosed = false;

  private constructor(local: TransportAddress, onAccepted: (socket: Socket) => void, onFailed: () => void) {
    this.local = local;
    this.#onAccepted = onAccepted;
    this.#onFailed = onFailed;
  }

  /** Fails as `listen` does. `onFailed`: it listens no more. */
  static async open(
    local: TransportAddress,
    onAccepted: (socket: Socket) => void,
    onFailed: () => void,
  ): Promise<TcpRelay> {
    const relay = new TcpRelay(local, onAccepted, onFailed);
    await relay.#listen();
    return relay;
  }

  /**
   * A connection to a peer, paused. A port that listens can be bound by nobody else, so the listener makes room until the
   * connection has its port, and is back a moment later.
   */
  connect({ ip: host, port }: TransportAddress): Socket {
    const { ip: localAddress, port: localPort } = this.local;
    this.#server?.close();
    const socket = connect({ host, port, localAddress, localPort, noDelay: true });
    socket.pause();
    if (!this.#isListening) return socket;
    this.#isListening = false;
    // By then the socket is bound: node binds addresses that are numeric in the next tick.
    setImmediate(() => {
      if (this.#isClosed) return;
      this.#listen().catch(() => this.#onFailed());
    });
    return socket;
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
  }

  async #listen(): Promise<void> {
    const { ip, port } = this.local;
    const options = { noDelay: true, pauseOnConnect: true };
    this.#server = await listenTcp(ip, port, options, (socket) => this.#onAccepted(socket));
    this.#isListening = true;
    if (this.#isClosed) this.#server.close();
  }
}
