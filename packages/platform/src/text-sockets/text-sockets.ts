import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type BucketSize, CodedError, type MonotonicMs, TokenBucket } from '@rivero/core';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { SocketIceServers } from '../signaling/ice-server-source.ts';
import { outgoingBytesMax } from '../signaling/outgoing-bytes.ts';
import { refusalRate } from '../signaling/request-limits.ts';

/** One WebSocket of plain text frames, as a protocol sees it. */
export interface TextSocket {
  /** One JSON text frame; a closed socket, and one whose client does not read, takes none. */
  send(message: object): void;
  /** Tells the client why its frame was refused; one that goes on making such frames is cut off. */
  refuse(error: CodedError): void;
}

/** What a protocol does with one socket. */
export interface TextSocketHandlers {
  onText(text: string): void;
  /** To tell the client why its frame was refused: `request-malformed` for a binary one, `rate-limited`. */
  onRefused(error: CodedError): void;
  onClose(): void;
}

/** A protocol of text frames. */
export interface TextProtocol {
  /** Frames of one socket that are read at all. */
  readonly frameRate: BucketSize;
  /** A client connected. */
  open(socket: TextSocket, iceServers: SocketIceServers): TextSocketHandlers;
}

export interface TextSocketsOptions {
  readonly servers: readonly (HttpServer | HttpsServer)[];
  /** Each is answered by one protocol. */
  readonly paths: Readonly<Record<string, TextProtocol>>;
  /** What begins with it somebody else answers. */
  readonly otherPath: string;
  /** Why this request gets no socket; undefined: it does. */
  readonly refusalOf: (request: IncomingMessage) => string | undefined;
  /** A socket was opened; what is returned is called once it is closed. */
  readonly onOpen: (request: IncomingMessage) => () => void;
  readonly iceServersOf: (request: IncomingMessage) => SocketIceServers;
  readonly now: () => MonotonicMs;
}

/** Bytes of one frame: an offer of the greatest length, twice quoted. */
export const textFrameBytesMax = 1024 * 1024;

/** A client whose machine is gone answers no ping; looked at so often. */
export const pingIntervalMs = 10_000;

/** The reason that a WebSocket tells when it is closed for what the client did (RFC 6455 section 7.4.1). */
const policyViolation = 1008;
const goingAway = 1001;

/** The WebSockets of protocols that existing clients speak. */
export class TextSockets {
  readonly #options: TextSocketsOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: textFrameBytesMax, perMessageDeflate: false });
  readonly #unanswered = new WeakSet<WebSocket>();
  readonly #timer: NodeJS.Timeout;
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    this.#handleUpgrade(request, socket, head);

  constructor(options: TextSocketsOptions) {
    this.#options = options;
    for (const server of options.servers) server.on('upgrade', this.#onUpgrade);
    this.#timer = setInterval(() => this.#ping(), pingIntervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const server of this.#options.servers) server.off('upgrade', this.#onUpgrade);
    for (const socket of this.#server.clients) socket.close(goingAway, 'server-stopping');
    this.#server.close();
  }

  #handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // Until it is somebody's nobody else listens: what breaks unheard ends the program.
    stream.once('error', () => stream.destroy());
    const { paths, otherPath, refusalOf } = this.#options;
    const [path = ''] = (request.url ?? '').split('?');
    if (path.startsWith(otherPath)) return;
    const protocol = Object.hasOwn(paths, path) ? paths[path] : undefined;
    if (protocol === undefined) return refuse(stream, '404 Not Found', 'There is no WebSocket at this address.');
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refuse(stream, '403 Forbidden', refusal);
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#open(socket, request, protocol));
  }

  #open(socket: WebSocket, request: IncomingMessage, protocol: TextProtocol): void {
    const onClosed = this.#options.onOpen(request);
    const { now, iceServersOf } = this.#options;
    const frames = new TokenBucket(protocol.frameRate, now());
    const refusals = new TokenBucket(refusalRate, now());
    const refuse = (error: CodedError): void => {
      if (refusals.take(now())) handlers.onRefused(error);
      else socket.close(policyViolation, 'rate-limited');
    };
    const handlers = protocol.open({ send: (message) => send(socket, message), refuse }, iceServersOf(request));
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (socket.readyState !== socket.OPEN) return;
      if (!frames.take(now())) refuse(new CodedError('rate-limited', 'Too many messages; wait a moment.'));
      else if (isBinary) refuse(new CodedError('request-malformed', 'Messages are text frames, not binary ones.'));
      else handlers.onText(Buffer.isBuffer(data) ? data.toString() : '');
    });
    socket.on('pong', () => this.#unanswered.delete(socket));
    // What is wrong with it is followed by its close.
    socket.on('error', () => {});
    socket.once('close', () => {
      handlers.onClose();
      onClosed();
    });
  }

  #ping(): void {
    for (const socket of this.#server.clients) {
      if (this.#unanswered.has(socket)) {
        socket.terminate();
        continue;
      }
      this.#unanswered.add(socket);
      socket.ping();
    }
  }
}

/** Answers a handshake with no socket, and waits for nothing more. */
function refuse(stream: Duplex, status: string, why: string): void {
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${why}\n`);
}

function send(socket: WebSocket, message: object): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > outgoingBytesMax) return socket.terminate();
  socket.send(JSON.stringify(message));
}
