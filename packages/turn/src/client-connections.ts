import type { Socket } from 'node:net';
import { canonicalIp, type TransportAddress } from '@rivero/core';
import { TurnStreamDeframer } from '@rivero/protocol/turn';
import type { ConnectionId } from '@rivero/protocol/turn-server';
import type { Alarms } from './alarms.ts';
import { closeSoon } from './close-soon.ts';

/** What waits in a connection before packets are dropped, and before it is given up: bytes, and messages, which may be short. */
const packetsWaitingMax = { bytes: 512 * 1024, messages: 1_024 };
const messagesWaitingMax = { bytes: 1024 * 1024, messages: 2_048 };

interface Connection {
  readonly socket: Socket;
  isJoined: boolean;
  /** Messages that wait until the one before has left; clients expect each in a TLS record of its own. */
  readonly waiting: Uint8Array[];
  waitingBytes: number;
  /** Messages that have not left. */
  unsent: number;
  readonly isSecure: boolean;
}

export interface ClientConnectionsOptions {
  readonly onOpen: (id: ConnectionId, remote: TransportAddress, isSecure: boolean) => void;
  readonly onMessage: (id: ConnectionId, bytes: Uint8Array) => void;
  readonly onClosed: (id: ConnectionId) => void;
  readonly onDropped: () => void;
}

/** The connections by which clients came, TCP and TLS alike. */
export class ClientConnections {
  readonly #options: ClientConnectionsOptions;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #alarms: Alarms;
  #nextId = 1;

  constructor(alarms: Alarms, options: ClientConnectionsOptions) {
    this.#alarms = alarms;
    this.#options = options;
  }

  /** Of which the TLS handshake, if there is one, is done. */
  countByTransport(): Readonly<Record<'tcp' | 'tls', number>> {
    let tls = 0;
    for (const { isSecure } of this.#connections.values()) if (isSecure) tls += 1;
    return { tcp: this.#connections.size - tls, tls };
  }

  /** Takes a connection that was admitted. */
  add(socket: Socket, isSecure: boolean): void {
    const { remoteAddress, remotePort: port = 0 } = socket;
    socket.on('error', () => {});
    if (remoteAddress === undefined) return void socket.destroy();
    const id = this.#nextId++;
    const connection: Connection = {
      socket,
      isJoined: false,
      waiting: [],
      waitingBytes: 0,
      unsent: 0,
      isSecure,
    };
    this.#connections.set(id, connection);
    this.#options.onOpen(id, { ip: canonicalIp(remoteAddress), port }, isSecure);
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
    if (isPacket && isFull(connection, packetsWaitingMax)) return this.#options.onDropped();
    if (isFull(connection, messagesWaitingMax)) return void socket.destroy();
    connection.unsent += 1;
    if (isSecure && (socket.writableLength > 0 || waiting.length > 0)) {
      waiting.push(bytes);
      connection.waitingBytes += bytes.length;
    } else {
      write(connection, bytes);
    }
  }

  find(id: ConnectionId): Socket | undefined {
    return this.#connections.get(id)?.socket;
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
    const connection = this.#connections.get(id);
    if (connection !== undefined) closeSoon(connection.socket, this.#alarms);
  }

  closeAll(): void {
    for (const { socket } of this.#connections.values()) socket.destroy();
  }

  #handleChunk(id: ConnectionId, { socket }: Connection, messages: readonly Uint8Array[] | string): void {
    if (typeof messages === 'string') {
      socket.destroy();
      return;
    }
    for (const bytes of messages) this.#options.onMessage(id, bytes);
  }
}

function isFull({ socket, waitingBytes, unsent }: Connection, max: typeof packetsWaitingMax): boolean {
  return unsent >= max.messages || socket.writableLength + waitingBytes >= max.bytes;
}

function write(connection: Connection, bytes: Uint8Array): void {
  connection.socket.write(bytes, () => {
    connection.unsent -= 1;
    const next = connection.waiting.shift();
    if (next === undefined) return;
    connection.waitingBytes -= next.length;
    write(connection, next);
  });
}
