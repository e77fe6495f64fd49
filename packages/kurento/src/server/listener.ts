import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server as HttpServer, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CodedError } from '@rivero/core';

/** Certificate and key, both as PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions {
  readonly port: number;
  /** Undefined: every address. */
  readonly host: string | undefined;
  /** Left out: plain. */
  readonly tls?: CertificatePair;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** TCP connections of one listener, those without a handshake included; it drops more. */
const connectionsMax = 5_000;

/** By then the whole of a handshake must have come. */
const requestTimeoutMs = 30_000;

/** A connection that is silent for so long is tried by TCP itself: it breaks soon after when nobody is there. */
const keepAliveMs = 60_000;

/** One HTTP server that knows nothing but WebSocket handshakes. */
export class Listener {
  readonly #server: HttpServer | HttpsServer;
  readonly #connections = new Set<Socket>();

  private constructor({ tls, onUpgrade }: ListenerOptions) {
    this.#server = tls === undefined ? createServer() : createTlsServer({ ...tls, minVersion: 'TLSv1.2' });
    const server: HttpServer = this.#server;
    server.maxConnections = connectionsMax;
    server.requestTimeout = requestTimeoutMs;
    server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.setKeepAlive(true, keepAliveMs);
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('upgrade', onUpgrade);
    server.on('request', (_request, response) => {
      const refusal = new CodedError(
        'kurento-websocket-only',
        'Here is only the Kurento API: a WebSocket at /kurento.',
      );
      response.writeHead(426, { 'content-type': 'application/json', upgrade: 'websocket' });
      response.end(JSON.stringify({ code: refusal.code, message: refusal.message }));
    });
  }

  /** Fails as `listen` of `node:net` does. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    const { port, host } = options;
    listener.#server.listen(host === undefined ? { port } : { port, host });
    await once(listener.#server, 'listening');
    return listener;
  }

  /** The port it listens on, also when any was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Nobody comes in any more; who is in stays. */
  stopListening(): void {
    this.#server.close();
  }

  async close(): Promise<void> {
    const closed = this.#server.listening || this.#connections.size > 0 ? once(this.#server, 'close') : undefined;
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }
}

/** Answers a handshake with no socket but a refusal. */
export function refuseUpgrade(socket: Duplex, status: number, { code, message }: CodedError): void {
  const body = JSON.stringify({ code, message });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
