import { randomFillSync } from 'node:crypto';
import {
  after,
  type Milliseconds,
  milliseconds,
  never,
  pooledRandom,
  type PortRange,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import type { DatagramSocket, DatagramSockets } from '@rivero/datapath';
import { channelHeader, serializeChannelData } from '@rivero/protocol/turn';
import {
  type ConnectionId,
  type RelayId,
  type TurnOutput,
  TurnServer,
  type TurnServerEvent,
  type TurnServerOptions,
  type TurnSink,
} from '@rivero/protocol/turn-server';
import { Alarms } from './alarms.ts';
import { ClientConnections } from './client-connections.ts';
import {
  ClientListeners,
  type ClientListenersOptions,
  type ListenFailure,
  type TurnCertificate,
} from './client-listeners.ts';
import { clock } from './clock.ts';
import { ConnectionQuota } from './connection-quota.ts';
import { tryPorts } from './free-ports.ts';
import { Hairpin } from './hairpin.ts';
import { joinSockets } from './join-sockets.ts';
import { PeerSockets } from './peer-sockets.ts';
import type { RelayAddress, RelayAddresses } from './relay-address.ts';
import type { TurnStatistics } from './turn-statistics.ts';

export interface TurnServiceOptions
  extends Pick<TurnServerOptions, 'accounts' | 'policy' | 'limits'>, Pick<ClientListenersOptions, 'port' | 'tls'> {
  /** They outlive the service. */
  readonly sockets: DatagramSockets;
  /** Addresses of this machine at which clients are heard. */
  readonly addresses: readonly string[];
  readonly relayAddresses: RelayAddresses;
  readonly relayPorts: PortRange;
  readonly onEvent: (event: TurnServerEvent) => void;
  /** A broken invariant: what was told is lost, the rest goes on. */
  readonly onBug: (error: unknown) => void;
  /** An address at which clients are not heard, told once; it is tried again when the addresses are told again. */
  readonly onSkipped: (failure: ListenFailure) => void;
  readonly onMinute?: () => void;
}

/** How often the wall clock is read anew. */
const minute = milliseconds(60_000);

/** The STUN and TURN server with its sockets: UDP, TCP and TLS to clients, UDP and TCP to peers. */
export class TurnService {
  readonly #options: TurnServiceOptions;
  readonly #server: TurnServer;
  readonly #alarms = new Alarms();
  readonly #listeners: ClientListeners;
  readonly #relays = new Map<RelayId, DatagramSocket>();
  readonly #quota = new ConnectionQuota();
  readonly #connections: ClientConnections;
  readonly #peers: PeerSockets;
  #relayAddresses: RelayAddresses;
  #hairpin: Hairpin;
  readonly #timeout = (): void => {
    this.#dueAt = never;
    this.#tell(() => this.#server.handleTimeout(clock()));
  };
  /** When that rings. */
  #dueAt = never;
  readonly #minute = (): void => {
    this.#readWallClock();
    this.#tell(() => this.#options.onMinute?.());
  };
  /** What clients over connections did not read. */
  #dropped = 0;

  constructor(options: TurnServiceOptions) {
    const { accounts, policy, limits, relayAddresses } = options;
    this.#options = options;
    this.#relayAddresses = relayAddresses;
    this.#hairpin = new Hairpin(relayAddresses, options.relayPorts);
    const families = ([4, 6] as const).filter((family) => relayAddresses[family] !== undefined);
    const random = pooledRandom(randomFillSync);
    this.#server = new TurnServer({ random, accounts, policy, limits, families, sink: this.#sink() });
    const server = this.#server;
    const settled =
      <Arguments extends readonly unknown[]>(handle: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        this.#tell(() => handle(...given));
      };
    this.#listeners = new ClientListeners({
      ...options,
      onDatagram: (listener, remote, bytes) => {
        this.#tell(() => server.handleDatagram(listener, remote, bytes, clock()));
      },
      admit: (socket) => this.#quota.admit(socket),
      onConnection: (socket, isSecure) => this.#connections.add(socket, isSecure),
    });
    this.#connections = new ClientConnections(this.#alarms, {
      onOpen: settled((id, remote, isSecure) => server.openConnection(id, remote, isSecure, clock())),
      onMessage: settled((id, bytes) => server.handleStreamMessage(id, bytes, clock())),
      onClosed: settled((id) => server.handleConnectionClosed(id, clock())),
      onDropped: () => (this.#dropped += 1),
    });
    this.#peers = new PeerSockets(this.#alarms, {
      onAccepted: (relay, remote) =>
        this.#tell(() => server.handlePeerAccepted(relay, this.#hairpin.outward(remote), clock())),
      onConnected: settled((id) => server.handlePeerConnected(id, clock())),
      onClosed: settled((id) => server.handlePeerClosed(id)),
      onLost: settled((relay) => server.handleRelayFailed(relay, clock())),
    });
  }

  /** Where clients are heard: UDP and TCP, and TLS when there is a certificate. */
  get ports(): { readonly plain: number | undefined; readonly tls: number | undefined } {
    return this.#listeners.ports;
  }

  statistics(): TurnStatistics {
    return {
      allocations: this.#server.allocationsByTransport(),
      connections: this.#connections.countByTransport(),
      peerDataConnections: this.#peers.count,
      counted: { ...this.#server.counters.snapshot(), 'socket-full': this.#dropped + this.#options.sockets.dropped },
    };
  }

  /** Throws `turn-port-taken` when clients could be heard nowhere. */
  async open(): Promise<void> {
    await this.#listeners.open(this.#options.addresses, this.#options.onSkipped);
    this.#readWallClock();
  }

  /** Clients are heard at these addresses from now on, and no longer at those that stay away. */
  async follow(addresses: readonly string[]): Promise<void> {
    try {
      for (const failure of await this.#listeners.follow(addresses)) this.#options.onSkipped(failure);
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  /** Of the same families: for relays that are opened from now on. */
  setRelayAddresses(relayAddresses: RelayAddresses): void {
    this.#relayAddresses = relayAddresses;
    this.#hairpin = new Hairpin(relayAddresses, this.#options.relayPorts);
  }

  /** From the next handshake on; throws for one that is none, and the old one stays. */
  setCertificate(certificate: TurnCertificate): void {
    this.#listeners.setCertificate(certificate);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#settle();
    this.#alarms.stop();
    this.#connections.closeAll();
    this.#peers.closeAll();
    for (const socket of this.#relays.values()) socket.close();
    this.#relays.clear();
    await this.#listeners.close();
  }

  #readWallClock(): void {
    this.#server.handleWallClock(wallClockMs(Date.now()), clock());
    this.#alarms.set(this.#minute, after(clock(), minute));
  }

  #sink(): TurnSink {
    return {
      sendMessage: (path, bytes) => {
        if (path.type === 'stream') this.#connections.send(path.connection, bytes, false);
        else this.#listeners.find(path.listener)?.send(bytes, path.remote);
      },
      sendChannelData: (path, channel, data) => {
        if (path.type === 'stream')
          this.#connections.send(path.connection, serializeChannelData(channel, data, true), true);
        else this.#listeners.find(path.listener)?.sendWithHeader(channelHeader(channel, data), data, path.remote);
      },
      sendToPeer: (relay, peer, data) => this.#relays.get(relay)?.send(data, this.#hairpin.inward(peer)),
    };
  }

  /** Nothing that somebody sends ends the program, not even by a bug of ours. */
  #tell<Answer>(change: () => Answer): Answer | undefined {
    try {
      const answer = change();
      this.#settle();
      return answer;
    } catch (error) {
      this.#options.onBug(error);
      return undefined;
    }
  }

  /** Does what the server wants, and has it called when it wants. */
  #settle(): void {
    for (let output = this.#server.pollOutput(); output !== undefined; output = this.#server.pollOutput()) {
      this.#handleOutput(output);
    }
    for (let event = this.#server.pollEvent(); event !== undefined; event = this.#server.pollEvent()) {
      if (event.type === 'allocated' && event.path.type === 'stream') this.#keep(event.path.connection);
      this.#options.onEvent(event);
    }
    const deadline = this.#server.deadline();
    if (deadline === this.#dueAt) return;
    this.#dueAt = deadline;
    this.#alarms.set(this.#timeout, deadline);
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
        this.#peers.connect(output.peer, output.relay, this.#hairpin.inward(output.address));
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
    const address = this.#relayAddresses[family];
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

  #bindRelay(relay: RelayId, ip: string, port: number): DatagramSocket | undefined {
    const { first, last } = this.#options.relayPorts;
    if (port < first || port > last) return undefined;
    const socket = this.#options.sockets.bind({
      ip,
      port,
      onPacket: (remote, bytes) => {
        this.#tell(() => this.#server.handlePeerDatagram(relay, this.#hairpin.outward(remote), bytes, clock()));
      },
    });
    return 'send' in socket ? socket : undefined;
  }

  #openTcpRelay({ relay, family }: Extract<TurnOutput, { type: 'open-relay' }>): void {
    const address = this.#relayAddresses[family];
    const ports: number[] = [];
    tryPorts(this.#options.relayPorts, false, (port) => void ports.push(port));
    this.#peers.listen(relay, address?.ip ?? '', ports, (port) => {
      if (port === undefined) this.#server.handleRelayFailed(relay, clock());
      else this.#server.handleRelayOpened(relay, announced(address, port), clock());
      this.#settle();
    });
  }

  #keep(connection: ConnectionId): void {
    const socket = this.#connections.find(connection);
    if (socket !== undefined) this.#quota.keep(socket);
  }

  #join({ connection, peer }: Extract<TurnOutput, { type: 'join' }>): void {
    const theirs = this.#peers.find(peer);
    const ours = this.#connections.join(connection);
    if (theirs === undefined || ours === undefined) return;
    this.#quota.keep(ours);
    const spend =
      (from: 'client' | 'peer') =>
      (length: number): Milliseconds =>
        this.#server.handlePeerBytes(peer, from, length, clock());
    joinSockets(this.#alarms, { socket: ours, spend: spend('client') }, { socket: theirs, spend: spend('peer') });
  }
}

function announced(address: RelayAddress | undefined, port: number): TransportAddress {
  return { ip: address?.announced ?? address?.ip ?? '', port };
}
