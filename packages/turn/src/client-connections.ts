import type { Socket } from 'node:net';
import type { TransportAddress } from '@rivero/core';
import { TurnStreamDeframer } from '@rivero/protocol/turn';
import type { ConnectionId } from '@rivero/protocol/turn-server';

/** How long a connection may be without an allocation. */
const idleMs = 30_000;

/** Between two looks at all connections. */
const sweepIntervalMs = 5_000;

/** Bytes that wait in a connection before packets are dropped, and before it is given up. */
const packetsWaitingMax = 512 * 1024;
const messagesWaitingMax = 1024 * 1024;

interface Connection {
  readonly socket: Socket;
  /** When nothing hung on it first. */
  unusedSince: number;
  isJoined: boolean;
  /** Messages that wait until the one before has left; clients expect each in a TLS record of its own. */
  readonly waiting: Uint8Array[];
  waitingBytes: number;
  readonly isSecure: boolean;
}

export interface ClientConnectionsOptions {
  readonly onOpen: (id: ConnectionId, remote: TransportAddress, isSecure: boolean) => void;
  readonly onMessage: (id: ConnectionId, bytes: Uint8Array) => void;
  readonly onClosed: (id: ConnectionId) => void;
  readonly onDropped: () => void;
  readonly isInUse: (id: ConnectionId) => boolean;
}

/** The connections by which clients came, TCP and TLS alike. */
export class ClientConnections {
  readonly #options: ClientConnectionsOptions;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #sweeper: NodeJS.Timeout;
  #nextId = 1;

  constructor(options: ClientConnectionsOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#sweep(), sweepIntervalMs);
    this.#sweeper.unref();
  }

  /** Of which the TLS handshake, if there is one, is done. */
  countByTransport(): Readonly<Record<'tcp' | 'tls', number>> {
    let tls = 0;
    for (const { isSecure } of this.#connections.values()) if (isSecure) tls += 1;
    return { tcp: this.#connections.size - tls, tls };
  }

  /** Takes a connection that was admitted. */
  add(socket: Socket, isSecure: boolean): void {
    const { remoteAddress = '', remotePort: port = 0 } = socket;
    const ip = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
    socket.on('error', () => {});
    if (ip === '') return void socket.destroy();
    const id = this.#nextId++;
    const connection: Connection = {
      socket,
      unusedSince: performance.now(),
      isJoined: false,
      waiting: [],
      waitingBytes: 0,
      isSecure,
    };
    this.#connections.set(id, connection);
    this.#options.onOpen(id, { ip, port }, isSecure);
    const deframer = new TurnStreamDeframer();
    socket.on('data', (chunk) => {
      if (!connection.isJoined) this.#handleChunk(id, connection, deframer.handleChunk(chunk));
    });
    socket.on('close', () => {
      this.#connections.delete(id);
      this.#options.onClosed(id);
    });
  }

  /** `isPacket`: one that may be dropped when too many wait. */
  send(id: ConnectionId, bytes: Uint8Array, isPacket: boolean): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || connection.socket.destroyed) return;
    const { socket, isSecure, waiting } = connection;
    const length = socket.writableLength + connection.waitingBytes;
    if (isPacket && length >= packetsWaitingMax) return this.#options.onDropped();
    if (length >= messagesWaitingMax) {
      socket.destroy();
    } else if (isSecure && (socket.writableLength > 0 || waiting.length > 0)) {
      waiting.push(bytes);
      connection.waitingBytes += bytes.length;
    } else {
      write(connection, bytes);
    }
  }

  /** From now on its bytes are no messages; whoever joins it reads and writes them. */
  join(id: ConnectionId): Socket | undefined {
    const connection = this.#connections.get(id);
    if (connection === undefined) return undefined;
    connection.isJoined = true;
    for (const bytes of connection.waiting.splice(0)) connection.socket.write(bytes);
    return connection.socket;
  }

  close(id: ConnectionId): void {
    this.#connections.get(id)?.socket.destroySoon();
  }

  closeAll(): void {
    clearInterval(this.#sweeper);
    for (const { socket } of this.#connections.values()) socket.destroy();
  }

  #handleChunk(id: ConnectionId, { socket }: Connection, messages: readonly Uint8Array[] | string): void {
    if (typeof messages === 'string') {
      socket.destroy();
      return;
    }
    for (const bytes of messages) this.#options.onMessage(id, bytes);
  }

  #sweep(): void {
    const now = performance.now();
    for (const [id, connection] of this.#connections) {
      if (this.#options.isInUse(id)) connection.unusedSince = now;
      else if (now - connection.unusedSince >= idleMs) connection.socket.destroy();
    }
  }
}

function write(connection: Connection, bytes: Uint8Array): void {
  const { socket, isSecure } = connection;
  if (!isSecure) {
    socket.write(bytes);
    return;
  }
  socket.write(bytes, () => {
    const next = connection.waiting.shift();
    if (next === undefined) return;
    connection.waitingBytes -= next.length;
    write(connection, next);
  });
}
