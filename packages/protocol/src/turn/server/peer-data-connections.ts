import {
  after,
  Deadlines,
  formatTransportAddress,
  type MonotonicMs,
  never,
  type RandomBytes,
  randomUint32,
  type TransportAddress,
} from '@rivero/core';
import type { Allocation } from './allocation.ts';
import type { OutputQueue } from './output-queue.ts';
import type { Question } from './turn-answer.ts';
import type { Authenticated } from './turn-authenticator.ts';
import type { ConnectionId, PeerDataConnectionId } from './turn-path.ts';
import { peerDataConnectionTimeout, type TurnServerLimits } from './turn-server-limits.ts';

/** The TCP connection between a relayed address and a peer (RFC 6062). */
export interface PeerDataConnection {
  readonly id: PeerDataConnectionId;
  readonly allocation: Allocation;
  readonly address: TransportAddress;
  /** What waits for its success; none when the peer connected. */
  readonly connect: { readonly question: Question; readonly integrity: Authenticated['integrity'] } | undefined;
  /** `waiting`: for the client to bind it. */
  state: 'connecting' | 'waiting' | 'joined';
  /** The client's. */
  connection: ConnectionId | undefined;
  expiresAt: MonotonicMs;
}

/** Those of all allocations. */
export class PeerDataConnections {
  readonly #byId = new Map<PeerDataConnectionId, PeerDataConnection>();
  readonly #byAllocation = new Map<Allocation, Set<PeerDataConnection>>();
  readonly #byConnection = new Map<ConnectionId, PeerDataConnection>();
  readonly #outputs: OutputQueue;
  readonly #random: RandomBytes;
  readonly #limits: TurnServerLimits;
  /** Of those that are to be made or bound. */
  readonly #deadlines = new Deadlines<PeerDataConnection>();

  constructor(outputs: OutputQueue, random: RandomBytes, limits: TurnServerLimits) {
    this.#limits = limits;
    this.#outputs = outputs;
    this.#random = random;
  }

  /** For one more of an allocation. */
  hasRoom(allocation: Allocation): boolean {
    const { peerDataConnectionsMax, peerDataConnectionsPerUserMax, peerDataConnectionsInAllMax } = this.#limits;
    if ((this.#byAllocation.get(allocation)?.size ?? 0) >= peerDataConnectionsMax) return false;
    return (
      allocation.user.peerDataConnections < peerDataConnectionsPerUserMax &&
      this.#byId.size < peerDataConnectionsInAllMax
    );
  }

  find(id: PeerDataConnectionId): PeerDataConnection | undefined {
    return this.#byId.get(id);
  }

  findJoined(connection: ConnectionId): PeerDataConnection | undefined {
    return this.#byConnection.get(connection);
  }

  findTo(allocation: Allocation, address: TransportAddress): PeerDataConnection | undefined {
    const key = formatTransportAddress(address);
    for (const peer of this.#byAllocation.get(allocation) ?? []) {
      if (formatTransportAddress(peer.address) === key) return peer;
    }
    return undefined;
  }

  /** One that we are to make for `connect`, or that the peer made. */
  add(
    allocation: Allocation,
    address: TransportAddress,
    connect: PeerDataConnection['connect'],
    now: MonotonicMs,
  ): PeerDataConnection {
    let id = randomUint32(this.#random);
    while (this.#byId.has(id)) id = (id + 1) >>> 0;
    const state = connect === undefined ? 'waiting' : 'connecting';
    const expiresAt = after(now, peerDataConnectionTimeout);
    const peer: PeerDataConnection = { id, allocation, address, connect, state, connection: undefined, expiresAt };
    this.#byId.set(id, peer);
    allocation.user.peerDataConnections += 1;
    const siblings = this.#byAllocation.get(allocation) ?? new Set();
    this.#byAllocation.set(allocation, siblings.add(peer));
    this.#deadlines.set(peer, expiresAt);
    return peer;
  }

  /** It is there, and its client has to bind it. */
  await(peer: PeerDataConnection, now: MonotonicMs): void {
    peer.state = 'waiting';
    peer.expiresAt = after(now, peerDataConnectionTimeout);
    this.#deadlines.set(peer, peer.expiresAt);
  }

  join(peer: PeerDataConnection, connection: ConnectionId): void {
    peer.state = 'joined';
    peer.connection = connection;
    peer.expiresAt = never;
    this.#deadlines.delete(peer);
    this.#byConnection.set(connection, peer);
    this.#outputs.push({ type: 'join', connection, peer: peer.id });
  }

  /** Ends both of its connections. */
  close(peer: PeerDataConnection): void {
    if (!this.#byId.delete(peer.id)) return;
    peer.allocation.user.peerDataConnections -= 1;
    this.#deadlines.delete(peer);
    const siblings = this.#byAllocation.get(peer.allocation);
    siblings?.delete(peer);
    if (siblings?.size === 0) this.#byAllocation.delete(peer.allocation);
    this.#outputs.push({ type: 'close-peer', peer: peer.id });
    if (peer.connection === undefined) return;
    this.#byConnection.delete(peer.connection);
    this.#outputs.push({ type: 'close-connection', connection: peer.connection });
  }

  closeOf(allocation: Allocation): void {
    for (const peer of this.#byAllocation.get(allocation) ?? []) this.close(peer);
  }

  /** Takes one that nobody made or bound in time; not closed yet. */
  takeExpired(now: MonotonicMs): PeerDataConnection | undefined {
    return this.#deadlines.takeDue(now);
  }

  deadline(): MonotonicMs {
    return this.#deadlines.first();
  }
}
