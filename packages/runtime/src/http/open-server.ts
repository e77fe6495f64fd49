import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ListenAttempt, listenProblem } from '../listen-problem.ts';

export type WebServer = HttpServer | HttpsServer;

/** Connections that one server holds; it drops more. */
const connectionsMax = 10_000;

/** By then the whole of a request must have come. */
const requestTimeoutMs = 30_000;

/** What answers under way are given at the end. */
const farewellMs = 500;

/** A server that listens, with all of its connections, upgraded ones too. */
export class OpenServer {
  readonly server: WebServer;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(server: WebServer, sockets: ReadonlySet<Socket>) {
    this.server = server;
    this.#sockets = sockets;
  }

  static async listen(server: WebServer, attempt: ListenAttempt): Promise<OpenServer> {
    const sockets = new Set<Socket>();
    server.maxConnections = connectionsMax;
    server.requestTimeout = requestTimeoutMs;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const { port, host } = attempt;
    try {
      server.listen(host === undefined ? { port } : { port, host });
      await once(server, 'listening');
    } catch (error) {
      throw listenProblem(error, attempt);
    }
    return new OpenServer(server, sockets);
  }

  /** The port it listens on, also when any was asked for. */
  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    if (!this.server.listening && this.#sockets.size === 0) return;
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    await Promise.race([closed, sleep(farewellMs)]);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
