import { connect, createServer, type Server, type Socket } from 'node:net';
import { canonicalIp, type Milliseconds, type TransportAddress } from '@rivero/core';
import type { PeerDataConnectionId, RelayId } from '@rivero/protocol/turn-server';
import type { Alarms } from './alarms.ts';
import { closeSoon } from './close-soon.ts';

export interface PeerSocketsOptions {
  /** How long a closed connection may go on sending what waits. */
  readonly linger?: Milliseconds;
  /** `undefined`: it is not wanted. */
  readonly onAccepted: (relay: RelayId, remote: TransportAddress) => PeerDataConnectionId | undefined;
  readonly onConnected: (id: PeerDataConnectionId) => void;
  readonly onClosed: (id: PeerDataConnectionId) => void;
  /** The relay cannot listen any more. */
  readonly onLost: (relay: RelayId) => void;
}

/** The TCP side of relays (RFC 6062): those that listen for peers, and connections with them. */
export class PeerSockets {
  readonly #alarms: Alarms;
  readonly #options: PeerSocketsOptions;
  readonly #servers = new Map<RelayId, Server>();
  /** Connections to make when the relay listens again. */
  readonly #waiting = new Map<RelayId, Map<PeerDataConnectionId, TransportAddress>>();
  readonly #sockets = new Map<PeerDataConnectionId, Socket>();

  constructor(alarms: Alarms, options: PeerSocketsOptions) {
    this.#alarms = alarms;
    this.#options = options;
  }

  /** Connections with peers. */
  get count(): number {
    return this.#sockets.size;
  }

  /** Listens at any of some ports; `done` is told the one, or `undefined`. */
  listen(relay: RelayId, ip: string, ports: readonly number[], done: (port: number | undefined) => void): void {
    const [port, ...others] = ports;
    if (port === undefined) return done(undefined);
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => this.#accept(relay, socket));
    this.#servers.set(relay, server);
    server.once('error', () => {
      if (this.#servers.get(relay) === server) this.listen(relay, ip, others, done);
    });
    server.listen({ host: ip, port, ipv6Only: true, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      if (this.#servers.get(relay) === server) done(port);
    });
  }

  /**
   * From the relayed address (RFC 6062 section 5.2). Nobody else can bind a port that listens, so the listener makes room
   * until the connection has it, and is back a moment later.
   */
  connect(id: PeerDataConnectionId, relay: RelayId, peer: TransportAddress): void {
    const waiting = this.#waiting.get(relay);
    if (waiting !== undefined) return void waiting.set(id, peer);
    const listener = this.#servers.get(relay);
    const local = listener?.address();
    if (listener === undefined || typeof local !== 'object' || local === null) return this.#options.onClosed(id);
    const { address: localAddress, port: localPort } = local;
    listener.close();
    this.#waiting.set(relay, new Map());
    this.#add(id, connect({ host: peer.ip, port: peer.port, localAddress, localPort, noDelay: true }));
    this.#sockets.get(id)?.once('connect', () => this.#options.onConnected(id));
    // Numeric addresses are bound in the next tick.
    setImmediate(() => {
      if (this.#servers.get(relay) !== listener) return;
      this.listen(relay, localAddress, [localPort], (port) => {
        const next = this.#waiting.get(relay) ?? [];
        this.#waiting.delete(relay);
        if (port === undefined) this.#options.onLost(relay);
        for (const [other, address] of next) this.connect(other, relay, address);
      });
    });
  }

  find(id: PeerDataConnectionId): Socket | undefined {
    return this.#sockets.get(id);
  }

  closeRelay(relay: RelayId): void {
    this.#servers.get(relay)?.close();
    this.#servers.delete(relay);
    this.#waiting.delete(relay);
  }

  /** What waits to be sent is sent, if the peer takes it soon. */
  close(id: PeerDataConnectionId): void {
    for (const waiting of this.#waiting.values()) waiting.delete(id);
    const socket = this.#sockets.get(id);
    this.#sockets.delete(id);
    if (socket !== undefined) closeSoon(socket, this.#alarms, this.#options.linger);
  }

  closeAll(): void {
    for (const relay of this.#servers.keys()) this.closeRelay(relay);
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #accept(relay: RelayId, socket: Socket): void {
    const { remoteAddress: ip, remotePort: port } = socket;
    socket.on('error', () => {});
    const id =
      ip === undefined || port === undefined
        ? undefined
        : this.#options.onAccepted(relay, { ip: canonicalIp(ip), port });
    if (id === undefined) socket.destroy();
    else this.#add(id, socket);
  }

  #add(id: PeerDataConnectionId, socket: Socket): void {
    this.#sockets.set(id, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#sockets.get(id) !== socket) return;
      this.#sockets.delete(id);
      this.#options.onClosed(id);
    });
  }
}
