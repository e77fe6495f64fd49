import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { CodedError, type MonotonicMs, monotonicMs, type TransportAddress, wallClockMs } from '@rivero/core';
import {
  type AddressFamily,
  type PortRange,
  type RelayId,
  type TurnOutput,
  TurnServer,
  type TurnServerEvent,
  type TurnServerOptions,
  type TurnSink,
} from '@rivero/protocol/turn-server';
import { ClientConnections } from './client-connections.ts';
import { ConnectionQuota } from './connection-quota.ts';
import { tryPorts } from './free-ports.ts';
import { joinSockets } from './join-sockets.ts';
import { PeerSockets } from './peer-sockets.ts';
import type { RelayAddress } from './relay-address.ts';
import type { TurnStatistics } from './turn-statistics.ts';
import { bindUdp, type UdpSocket } from './udp-socket.ts';

/** A certificate with its chain, and its key, both PEM. */
export interface TurnCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TurnServiceOptions extends Pick<TurnServerOptions, 'accounts' | 'policy' | 'limits'> {
  /** Addresses of this machine at which clients are heard. */
  readonly addresses: readonly string[];
  /** UDP and TCP; none when it is left out. 0: any that is free. */
  readonly port?: number;
  /** TLS; none without a certificate. */
  readonly tls?: { readonly port: number; readonly certificate: TurnCertificate };
  readonly relayAddresses: Readonly<Partial<Record<AddressFamily, RelayAddress>>>;
  readonly relayPorts: PortRange;
  readonly onEvent: (event: TurnServerEvent) => void;
  /** A broken invariant: what was told is lost, the rest goes on. */
  readonly onBug: (error: unknown) => void;
}

/** A handshake that takes longer is nobody's. */
const tlsOptions = { minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const;

/** How often the wall clock is read anew. */
const wallClockIntervalMs = 60_000;

/** The STUN and TURN server with its sockets: UDP, TCP and TLS to clients, UDP and TCP to peers. */
export class TurnService {
  readonly #options: TurnServiceOptions;
  readonly #server: TurnServer;
  readonly #listeners: UdpSocket[] = [];
  readonly #streamServers: (Server | TlsServer)[] = [];
  readonly #relays = new Map<RelayId, UdpSocket>();
  readonly #quota = new ConnectionQuota();
  readonly #connections: ClientConnections;
  readonly #peers: PeerSockets;
  #tlsServer: TlsServer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #wallTimer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(options: TurnServiceOptions) {
    const { accounts, policy, limits, relayAddresses } = options;
    this.#options = options;
    const families = ([4, 6] as const).filter((family) => relayAddresses[family] !== undefined);
    const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
    this.#server = new TurnServer({ random, accounts, policy, limits, families, sink: this.#sink() });
    const server = this.#server;
    const settled =
      <Arguments extends readonly unknown[]>(handle: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        this.#tell(() => handle(...given));
      };
    this.#connections = new ClientConnections({
      onOpen: (id, remote, isSecure) => server.openConnection(id, remote, isSecure),
      onMessage: settled((id, bytes) => server.handleStreamMessage(id, bytes, clock())),
      onClosed: settled((id) => server.handleConnectionClosed(id, clock())),
      onDropped: () => (this.#dropped += 1),
      isInUse: (id) => server.isInUse(id, clock()),
    });
    this.#peers = new PeerSockets({
      onAccepted: (relay, remote) => {
        const id = server.handlePeerAccepted(relay, remote, clock());
        this.#settle();
        return id;
      },
      onConnected: settled((id) => server.handlePeerConnected(id, clock())),
      onClosed: settled((id) => server.handlePeerClosed(id)),
      onLost: settled((relay) => server.handleRelayFailed(relay, clock())),
    });
  }

  /** Where clients are heard: UDP and TCP, and TLS when there is a certificate. */
  get ports(): { readonly plain: number | undefined; readonly tls: number | undefined } {
    return { plain: this.#listeners[0]?.port, tls: portOf(this.#tlsServer) };
  }

  statistics(): TurnStatistics {
    return {
      allocations: this.#server.allocationsByTransport(),
      connections: this.#connections.countByTransport(),
      peerConnections: this.#peers.count,
      counted: { ...this.#server.counters.snapshot(), 'socket-full': this.#dropped },
    };
  }

  /** Throws `turn-port-taken` when a port is another program's. */
  async open(): Promise<void> {
    const tellWallClock = (): void => this.#server.handleWallClock(wallClockMs(Date.now()), clock());
    tellWallClock();
    this.#wallTimer = setInterval(tellWallClock, wallClockIntervalMs);
    this.#wallTimer.unref();
    const { addresses, port, tls } = this.#options;
    try {
      const plain = port === undefined ? [] : addresses;
      for (const ip of plain) this.#listenUdp(ip, this.ports.plain ?? port ?? 0);
      const options = { noDelay: true, keepAlive: true } as const;
      for (const ip of plain) {
        const server = createServer(options, (socket) => {
          if (this.#quota.admit(socket)) this.#connections.add(socket, false);
        });
        await this.#listen(server, ip, this.ports.plain ?? 0);
      }
      for (const ip of tls === undefined ? [] : addresses) {
        const server = createTlsServer({ ...options, ...tlsOptions, ...tls?.certificate }, (socket) =>
          this.#connections.add(socket, true),
        );
        // Before the handshake, too: who never ends one has a place as well.
        server.on('connection', (socket: Socket) => void this.#quota.admit(socket));
        server.on('tlsClientError', (_error, socket) => void socket.destroy());
        await this.#listen(server, ip, portOf(this.#tlsServer) ?? tls?.port ?? 0);
        this.#tlsServer ??= server;
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** From the next handshake on. */
  setCertificate(certificate: TurnCertificate): void {
    for (const server of this.#streamServers)
      if ('setSecureContext' in server) server.setSecureContext({ ...tlsOptions, ...certificate });
  }

  async close(): Promise<void> {
    clearInterval(this.#wallTimer);
    this.#server.close();
    this.#settle();
    clearTimeout(this.#timer);
    this.#connections.closeAll();
    this.#peers.closeAll();
    for (const socket of [...this.#listeners.splice(0), ...this.#relays.values()]) socket.close();
    this.#relays.clear();
    await Promise.all(
      this.#streamServers.splice(0).map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
  }

  #listenUdp(ip: string, port: number): void {
    const listener = this.#listeners.length;
    const socket = bindUdp({
      ip,
      port,
      onPacket: (remote, bytes) => {
        this.#tell(() => this.#server.handleDatagram(listener, remote, bytes, clock()));
      },
      onDropped: () => (this.#dropped += 1),
    });
    if (!('send' in socket)) throw portTaken(socket, { ip, port, setting: 'RIVERO_TURN_PORT' });
    this.#listeners.push(socket);
  }

  #listen(server: Server | TlsServer, ip: string, port: number): Promise<void> {
    this.#streamServers.push(server);
    return new Promise((resolve, reject) => {
      const setting = 'setSecureContext' in server ? 'RIVERO_TURN_TLS_PORT' : 'RIVERO_TURN_PORT';
      server.once('error', (error: NodeJS.ErrnoException) => reject(portTaken(error, { ip, port, setting })));
      server.listen({ host: ip, port, ipv6Only: true, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        resolve();
      });
    });
  }

  #sink(): TurnSink {
    return {
      sendMessage: (path, bytes) => {
        if (path.type === 'stream') this.#connections.send(path.connection, bytes, false);
        else this.#listeners[path.listener]?.send(bytes, path.remote);
      },
      sendChannelData: (path, channel, data) => {
        if (path.type === 'stream') this.#connections.send(path.connection, channelData(channel, data, true), true);
        else this.#listeners[path.listener]?.send(channelData(channel, data, false), path.remote);
      },
      // Views of received buffers, which nobody writes to again, and so they may wait.
      sendToPeer: (relay, peer, data) => this.#relays.get(relay)?.send(data, peer),
    };
  }

  /** Nothing that somebody sends ends the program, not even by a bug of ours. */
  #tell(change: () => void): void {
    try {
      change();
      this.#settle();
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  /** Does what the server wants, and sets the timer. */
  #settle(): void {
    for (let output = this.#server.pollOutput(); output !== undefined; output = this.#server.pollOutput()) {
      this.#handleOutput(output);
    }
    for (let event = this.#server.pollEvent(); event !== undefined; event = this.#server.pollEvent()) {
      this.#options.onEvent(event);
    }
    const deadline = this.#server.deadline();
    if (deadline === this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = deadline;
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.#armedFor = Number.POSITIVE_INFINITY;
        this.#tell(() => this.#server.handleTimeout(clock()));
      },
      Math.max(0, deadline - performance.now()),
    );
    this.#timer.unref();
  }

  #handleOutput(output: TurnOutput): void {
    switch (output.type) {
      case 'open-relay':
        if (output.transport === 'tcp') this.#openTcpRelay(output);
        else this.#openUdpRelay(output);
        return;
      case 'close-relay':
        this.#relays.get(output.relay)?.close();
        this.#relays.delete(output.relay);
        this.#peers.closeRelay(output.relay);
        return;
      case 'connect-peer':
        this.#peers.connect(output.peer, output.relay, output.address);
        return;
      case 'close-peer':
        this.#peers.close(output.peer);
        return;
      case 'close-connection':
        this.#connections.close(output.connection);
        return;
      case 'join':
        this.#join(output);
        return;
    }
  }

  #openUdpRelay({ relay, family, port: wanted, next }: Extract<TurnOutput, { type: 'open-relay' }>): void {
    const address = this.#options.relayAddresses[family];
    const opened =
      address &&
      tryPorts(this.#options.relayPorts, wanted !== 'any', (port) => {
        const socket = this.#bindRelay(relay, address.ip, port);
        if (socket === undefined || next === undefined) return socket;
        const beside = this.#bindRelay(next, address.ip, port + 1);
        if (beside !== undefined) this.#relays.set(next, beside);
        else socket.close();
        return beside && socket;
      });
    if (opened === undefined) return this.#server.handleRelayFailed(relay, clock());
    this.#relays.set(relay, opened);
    this.#server.handleRelayOpened(relay, announced(address, opened.port), clock());
  }

  #bindRelay(relay: RelayId, ip: string, port: number): UdpSocket | undefined {
    const { first, last } = this.#options.relayPorts;
    if (port < first || port > last) return undefined;
    const socket = bindUdp({
      ip,
      port,
      onPacket: (remote, bytes) => {
        this.#tell(() => this.#server.handlePeerDatagram(relay, remote, bytes, clock()));
      },
      onDropped: () => (this.#dropped += 1),
    });
    return 'send' in socket ? socket : undefined;
  }

  #openTcpRelay({ relay, family }: Extract<TurnOutput, { type: 'open-relay' }>): void {
    const address = this.#options.relayAddresses[family];
    const ports: number[] = [];
    tryPorts(this.#options.relayPorts, false, (port) => void ports.push(port));
    this.#peers.listen(relay, address?.ip ?? '', ports, (port) => {
      if (port === undefined) this.#server.handleRelayFailed(relay, clock());
      else this.#server.handleRelayOpened(relay, announced(address, port), clock());
      this.#settle();
    });
  }

  #join({ connection, peer }: Extract<TurnOutput, { type: 'join' }>): void {
    const theirs = this.#peers.find(peer);
    const ours = this.#connections.join(connection);
    if (theirs === undefined || ours === undefined) return;
    joinSockets(
      ours,
      theirs,
      (length) => this.#server.handlePeerBytes(peer, 'client', length, clock()),
      (length) => this.#server.handlePeerBytes(peer, 'peer', length, clock()),
    );
  }
}

function clock(): MonotonicMs {
  return monotonicMs(performance.now());
}

function announced(address: RelayAddress | undefined, port: number): TransportAddress {
  return { ip: address?.announced ?? address?.ip ?? '', port };
}

/** Header, data and padding; a slice of Node's pool. */
function channelData(channel: number, data: Uint8Array, isPadded: boolean): Uint8Array {
  const { length } = data;
  const bytes = Buffer.allocUnsafe(4 + (isPadded ? (length + 3) & ~3 : length));
  bytes.writeUInt16BE(channel, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.set(data, 4);
  bytes.fill(0, 4 + length);
  return bytes;
}

function portOf(server: TlsServer | undefined): number | undefined {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}

interface ListenAttempt {
  readonly ip: string;
  readonly port: number;
  readonly setting: string;
}

function portTaken(error: NodeJS.ErrnoException, attempt: ListenAttempt): CodedError {
  const { code = error.message } = error;
  const { ip, port, setting } = attempt;
  const message = `Port ${port} of ${ip} cannot be opened for TURN (${code}); set ${setting} to another port.`;
  return new CodedError('turn-port-taken', message, { ip, port, setting, code });
}
