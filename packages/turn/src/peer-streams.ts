import type { Socket } from 'node:net';
import type { Milliseconds, TransportAddress } from '@rivero/core';
import type { PeerConnectionId } from '@rivero/protocol/turn-server';

/** What a closed connection may take to get rid of what waits in it. */
const flushTimeoutMs = 10_000;

export interface PeerStreamsOptions {
  readonly onConnected: (peer: PeerConnectionId) => void;
  readonly onClosed: (peer: PeerConnectionId) => void;
  /** Counts what went through; answers how long to read no more from there. */
  readonly onBytes: (peer: PeerConnectionId, from: 'client' | 'peer', length: number) => Milliseconds;
}

/** Connections between relayed addresses and peers (RFC 6062). Nothing is read of one before its client has joined it. */
export class PeerStreams {
  readonly #options: PeerStreamsOptions;
  readonly #sockets = new Map<PeerConnectionId, Socket>();

  constructor(options: PeerStreamsOptions) {
    this.#options = options;
  }

  /** One that is being made; `undefined`: it cannot be. */
  connect(id: PeerConnectionId, socket: Socket | undefined): void {
    const { onConnected, onClosed } = this.#options;
    if (socket === undefined) return onClosed(id);
    this.#add(id, socket);
    socket.once('connect', () => onConnected(id));
  }

  /** One that the peer has made. */
  accept(socket: Socket, admit: (remote: TransportAddress) => PeerConnectionId | undefined): void {
    const { remoteAddress: ip, remotePort: port } = socket;
    const id = ip === undefined || port === undefined ? undefined : admit({ ip, port });
    socket.on('error', () => {});
    if (id === undefined) socket.destroy();
    else this.#add(id, socket);
  }

  /** From now on it carries what the client's connection does, and the other way round. */
  join(id: PeerConnectionId, client: Socket): void {
    const peer = this.#sockets.get(id);
    if (peer === undefined) return void client.destroy();
    client.removeAllListeners('data');
    this.#carry(id, 'client', client, peer);
    this.#carry(id, 'peer', peer, client);
    peer.resume();
  }

  close(id: PeerConnectionId): void {
    const socket = this.#sockets.get(id);
    this.#sockets.delete(id);
    if (socket !== undefined) closeSoon(socket);
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
  }

  #add(id: PeerConnectionId, socket: Socket): void {
    this.#sockets.set(id, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#sockets.delete(id)) this.#options.onClosed(id);
    });
  }

  #carry(id: PeerConnectionId, from: 'client' | 'peer', source: Socket, target: Socket): void {
    let isFull = false;
    let isWaiting = false;
    const goOn = (): void => {
      if (!isFull && !isWaiting && !source.destroyed) source.resume();
    };
    target.on('drain', () => {
      isFull = false;
      goOn();
    });
    source.on('data', (chunk: Buffer) => {
      if (target.destroyed || target.writableEnded) return;
      isFull = !target.write(chunk);
      const pause = this.#options.onBytes(id, from, chunk.length);
      if (pause > 0 && !isWaiting) {
        isWaiting = true;
        setTimeout(() => {
          isWaiting = false;
          goOn();
        }, pause).unref();
      }
      if (isFull || isWaiting) source.pause();
    });
  }
}

/** Lets go of a connection when what waits in it is sent. */
export function closeSoon(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting || socket.writableLength === 0) return void socket.destroy();
  socket.setTimeout(flushTimeoutMs, () => socket.destroy());
  socket.destroySoon();
}
