import {
  type Counters,
  formatTransportAddress,
  milliseconds,
  type MonotonicMs,
  type PathHandle,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import {
  type RelayedPacket,
  type RelayPeer,
  TurnClient,
  type TurnClientCounter,
  type TurnFailure,
} from '@rivero/protocol/turn';
import { monotonicNow } from '../driver.ts';
import { openRelayConnection, type RelayConnection } from './relay-connection.ts';
import type { RelayServer } from './relay-server.ts';

/** Why a relay is none, or none any more. */
export type RelayFailure = TurnFailure | { readonly type: 'unreachable'; readonly cause: string };

/** What its owner is told; nothing any more after `onFailed`, nor after it closed the relay. */
export interface RelayHandlers {
  readonly onAllocated: (relayed: TransportAddress, mapped: TransportAddress | undefined) => void;
  readonly onFailed: (failure: RelayFailure) => void;
}

export const relayCounters = ['unknown-peer', 'too-many-peers'] as const;

export interface RelayOptions {
  readonly datapath: Datapath;
  readonly random: RandomBytes;
  readonly server: RelayServer;
  readonly handlers: RelayHandlers;
  readonly counters: Counters<(typeof relayCounters)[number]>;
  readonly clientCounters: Counters<TurnClientCounter>;
  readonly isValidated: (path: PathHandle) => boolean;
  /** The path is about to close by itself. */
  readonly onPathClosed: (path: PathHandle) => void;
  /** Packets were handed to the datapath. */
  readonly onReceived: () => void;
  /** Its deadline may be another. */
  readonly onTouched: () => void;
  readonly onOver: () => void;
}

interface PeerPath {
  readonly peer: RelayPeer;
  readonly path: PathHandle;
}

/** From opening the socket to the allocation. */
const allocationPatience = milliseconds(4_000);

/** First bytes of STUN messages (RFC 7983 section 7). */
const stunFirstByteMax = 3;

/** A relayed address at a TURN server: each peer that checks it, or is checked from it, is a path of the datapath. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #client: TurnClient;
  readonly #connection: RelayConnection;
  readonly #paths = new Map<string, PeerPath>();
  #relayed: TransportAddress | undefined;
  #isOver = false;

  constructor(options: RelayOptions, now: MonotonicMs) {
    this.#options = options;
    const { random, server, clientCounters: counters } = options;
    const { username, password, transport } = server;
    this.#client = new TurnClient({
      random,
      user: { username, password },
      isStream: transport !== 'udp',
      patience: allocationPatience,
      counters,
    });
    // What it wants to send waits for the connection.
    this.#client.start(now);
    this.#connection = openRelayConnection(server, {
      onOpened: () => this.#flush(),
      onMessage: (bytes) => this.#receive(bytes),
      onClosed: (cause) => this.#handleClosed(cause),
    });
  }

  /** Where peers reach us; `undefined` until it is allocated. */
  get relayed(): TransportAddress | undefined {
    return this.#relayed;
  }

  /** Lets an IP address through. */
  permit(ip: string, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.#client.permit(ip, now);
    if (this.#relayed !== undefined) this.#settle();
  }

  handleTimeout(now: MonotonicMs): void {
    this.#client.handleTimeout(now);
    this.#settle();
  }

  deadline(): MonotonicMs {
    return this.#client.deadline();
  }

  /** Gives the address back. Its paths close, of which whoever uses them hears nothing. */
  close(now: MonotonicMs): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.close(now);
    this.#flush();
    this.#end();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const packet = this.#client.handleMessage(bytes, monotonicNow());
    if (packet === undefined) return this.#settle();
    const path = this.#pathOf(packet);
    if (path === undefined) return;
    this.#options.datapath.receiveOnPath(path, packet.data);
    this.#options.onReceived();
  }

  #pathOf({ peer: address, key = formatTransportAddress(address), data }: RelayedPacket): PathHandle | undefined {
    const known = this.#paths.get(key);
    if (known !== undefined) return known.path;
    // A peer's first word is a check, as it is on other sockets.
    if (data.length === 0 || data[0] > stunFirstByteMax) {
      this.#options.counters.count('unknown-peer');
      return undefined;
    }
    const path = this.#openPath(address);
    if (path === undefined) this.#options.counters.count('too-many-peers');
    return path;
  }

  #openPath(address: TransportAddress): PathHandle | undefined {
    const { datapath } = this.#options;
    const local = this.#relayed;
    const peer = local && (this.#client.openPeer(address) ?? this.#openInPlace(address));
    if (local === undefined || peer === undefined) return undefined;
    const path = datapath.paths.openStream({
      protocol: 'udp',
      local,
      remote: address,
      write: (packet) => this.#write(peer, packet),
      isCongested: (traffic) => this.#connection.isCongested(traffic),
    });
    if (path === undefined) this.#client.closePeer(peer);
    else this.#paths.set(peer.key, { peer, path });
    return path;
  }

  /** In place of the oldest that no session has validated. */
  #openInPlace(address: TransportAddress): RelayPeer | undefined {
    const { isValidated } = this.#options;
    const oldest = [...this.#paths.values()].find(({ path }) => !isValidated(path));
    if (oldest === undefined) return undefined;
    this.#closePath(oldest);
    return this.#client.openPeer(address);
  }

  #write(peer: RelayPeer, packet: Uint8Array): void {
    const bytes = this.#client.wrap(peer, packet, monotonicNow());
    if (bytes === undefined) return;
    this.#connection.send(bytes);
    if (peer.channelState === 'asked') this.#settle();
  }

  #flush(): void {
    for (let bytes = this.#client.pollSend(); bytes !== undefined; bytes = this.#client.pollSend()) {
      this.#connection.send(bytes);
    }
  }

  #settle(): void {
    this.#flush();
    for (let event = this.#client.pollEvent(); event !== undefined; event = this.#client.pollEvent()) {
      if (event.type === 'failed') return this.#fail(event.failure);
      this.#relayed = event.relayed;
      this.#options.handlers.onAllocated(event.relayed, event.mapped);
    }
    if (!this.#isOver) this.#options.onTouched();
  }

  #handleClosed(cause: string): void {
    // A datagram socket lives on: what ICMP says of one packet is nothing final, once the server has answered.
    if (this.#options.server.transport === 'udp' && this.#relayed !== undefined) return;
    this.#fail(this.#relayed === undefined ? { type: 'unreachable', cause } : { type: 'lost' });
  }

  #fail(failure: RelayFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { path } of this.#paths.values()) this.#options.onPathClosed(path);
    this.#end();
    this.#options.handlers.onFailed(failure);
  }

  #end(): void {
    for (const one of this.#paths.values()) this.#closePath(one);
    this.#connection.close();
    this.#options.onOver();
  }

  #closePath({ peer, path }: PeerPath): void {
    this.#paths.delete(peer.key);
    this.#client.closePeer(peer);
    this.#options.datapath.paths.close(path);
  }
}
