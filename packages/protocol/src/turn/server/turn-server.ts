import {
  assert,
  Counters,
  earliest,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  type RandomBytes,
  type TransportAddress,
  type WallClockMs,
  wallClockMs,
} from '@rivero/core';
import {
  attributeType,
  findAttribute,
  parseStunMessage,
  serializeStunMessage,
  type StunMessage,
  turnAttributeType,
  unknownRequiredAttributes,
  xorAddressAttribute,
} from '../../stun/index.ts';
import { isChannelData } from '../channel-data.ts';
import type { Allocation, TurnRequest } from './allocation.ts';
import { Allocations } from './allocations.ts';
import { ClientStreams } from './client-streams.ts';
import { OutputQueue } from './output-queue.ts';
import { PacketRelay } from './packet-relay.ts';
import { type PeerDataConnection, PeerDataConnections } from './peer-data-connections.ts';
import type { PeerPolicy } from './peer-policy.ts';
import { handleAllocate } from './requests/allocate.ts';
import { handleChannelBind } from './requests/channel-bind.ts';
import { handleConnect } from './requests/connect.ts';
import { connectionIdValue, handleConnectionBind } from './requests/connection-bind.ts';
import { handleCreatePermission } from './requests/create-permission.ts';
import { handleRefresh } from './requests/refresh.ts';
import type { AllocationRequest, RequestContext } from './requests/request-context.ts';
import { SourceLimiter } from './source-limiter.ts';
import type { TurnAccounts } from './turn-accounts.ts';
import {
  accepted,
  type AnswerOptions,
  type FinalAnswer,
  questionOf,
  refused,
  serializeAnswer,
  type TurnAnswer,
  unknownAttributes,
} from './turn-answer.ts';
import { type AuthenticationRefusal, TurnAuthenticator } from './turn-authenticator.ts';
import type {
  AddressFamily,
  ClientTransport,
  ConnectionId,
  ListenerId,
  PeerDataConnectionId,
  RelayId,
  TurnPath,
} from './turn-path.ts';
import { turnServerCounters } from './turn-server-counters.ts';
import type { TurnServerLimits } from './turn-server-limits.ts';
import type { TurnOutput, TurnServerEvent, TurnSink } from './turn-server-output.ts';

export interface TurnServerOptions {
  readonly random: RandomBytes;
  readonly accounts: TurnAccounts;
  readonly policy: PeerPolicy;
  readonly limits: TurnServerLimits;
  /** Of relayed addresses that the driver can open. */
  readonly families: readonly AddressFamily[];
  readonly sink: TurnSink;
}

/**
 * Sans-IO STUN and TURN server (RFC 8489, RFC 8656, RFC 6062). It is told what clients and peers send, what became of its
 * outputs, and time. Packets and answers leave through the sink, at once; all else is asked for. Until a client has proved
 * who it is nothing is remembered of it, whatever it sends.
 */
export class TurnServer {
  readonly counters = new Counters(turnServerCounters);
  readonly #options: TurnServerOptions;
  readonly #authenticator: TurnAuthenticator;
  readonly #challenges: SourceLimiter;
  readonly #bindings: SourceLimiter;
  readonly #outputs = new OutputQueue();
  readonly #peers: PeerDataConnections;
  readonly #allocations: Allocations;
  readonly #packets: PacketRelay;
  readonly #context: RequestContext;
  readonly #streams = new ClientStreams();
  /** Wall clock at the monotonic clock's 0. */
  #wallOffset = 0;

  constructor(options: TurnServerOptions) {
    const { random, accounts, policy, limits, families, sink } = options;
    const { counters } = this;
    const outputs = this.#outputs;
    this.#options = options;
    this.#authenticator = new TurnAuthenticator(accounts, limits, random);
    this.#challenges = new SourceLimiter(limits.challenges, random);
    this.#bindings = new SourceLimiter(limits.bindings, random);
    const peers = new PeerDataConnections(outputs, random, limits);
    const onClosed = (allocation: Allocation, now: MonotonicMs): void => {
      peers.closeOf(allocation);
      this.#streams.handleUnused(allocation.path, now);
    };
    this.#peers = peers;
    this.#allocations = new Allocations({ limits, families, random, sink, outputs, counters, onClosed });
    this.#packets = new PacketRelay({ random, sink, policy, counters });
    const openings = new SourceLimiter(limits.openings, random);
    const allocations = this.#allocations;
    this.#context = { limits, families, policy, allocations, peers, outputs, openings, counters };
  }

  get allocations(): number {
    return this.#allocations.count;
  }

  /** Looks at each: for who asks now and then. */
  allocationsByTransport(): Readonly<Record<ClientTransport, number>> {
    return this.#allocations.countByTransport();
  }

  /** What the wall clock says, for credentials that expire: told at the start and whenever it may have been set. */
  handleWallClock(wall: WallClockMs, now: MonotonicMs): void {
    this.#wallOffset = wall - now;
  }

  /** A datagram of a client, at the driver's `listener`. */
  handleDatagram(listener: ListenerId, remote: TransportAddress, bytes: Uint8Array, now: MonotonicMs): void {
    // Nobody can be answered there.
    if (remote.port === 0) return this.counters.count('defective');
    const allocation = this.#allocations.findDatagram(listener, remote, now);
    if (bytes.length > 0 && isChannelData(bytes[0])) return this.#handleChannelData(allocation, bytes, now);
    const path = allocation?.path ?? ({ type: 'datagram', listener, remote } as const);
    this.#handleMessage(path, allocation, bytes, now);
  }

  /** A client has connected. */
  openConnection(connection: ConnectionId, remote: TransportAddress, isSecure: boolean, now: MonotonicMs): void {
    this.#streams.open({ type: 'stream', connection, isSecure, remote }, now);
  }

  /** One message of a connection. */
  handleStreamMessage(connection: ConnectionId, bytes: Uint8Array, now: MonotonicMs): void {
    const path = this.#streams.find(connection);
    if (path === undefined || this.#peers.findJoined(connection) !== undefined) return;
    const allocation = this.#allocations.findConnection(connection, now);
    if (bytes.length > 0 && isChannelData(bytes[0])) return this.#handleChannelData(allocation, bytes, now);
    this.#handleMessage(path, allocation, bytes, now);
  }

  handleConnectionClosed(connection: ConnectionId, now: MonotonicMs): void {
    this.#streams.close(connection);
    const peer = this.#peers.findJoined(connection);
    if (peer !== undefined) this.#peers.close(peer);
    const allocation = this.#allocations.findConnection(connection, now);
    if (allocation !== undefined) this.#allocations.close(allocation, 'connection-closed', now);
  }

  /** `address`: by which others reach what the driver has opened. */
  handleRelayOpened(relay: RelayId, address: TransportAddress, now: MonotonicMs): void {
    this.#allocations.handleRelayOpened(relay, address, now);
  }

  handleRelayFailed(relay: RelayId, now: MonotonicMs): void {
    this.#allocations.handleRelayFailed(relay, now);
  }

  /** What came to a relayed address. */
  handlePeerDatagram(id: RelayId, peer: TransportAddress, data: Uint8Array, now: MonotonicMs): void {
    const relay = this.#allocations.findRelay(id, now);
    if (relay === undefined) return this.counters.count('no-relay');
    this.#packets.handlePeerPacket(relay, peer, data, now);
  }

  /** A peer has connected to a relayed address; `undefined`: the driver is to close that connection (RFC 6062 section 5.3). */
  handlePeerAccepted(id: RelayId, address: TransportAddress, now: MonotonicMs): PeerDataConnectionId | undefined {
    const relay = this.#allocations.findRelay(id, now);
    const allocation = relay?.allocation;
    const isPermitted = allocation?.permissions.find(address.ip, now) !== undefined;
    if (allocation === undefined || !isPermitted) {
      this.counters.count('no-permission');
      return undefined;
    }
    if (!this.#peers.hasRoom(allocation)) return undefined;
    const peer = this.#peers.add(allocation, address, undefined, now);
    const transactionId = this.#options.random(12);
    const attempt = serializeStunMessage({
      method: 'connection-attempt',
      class: 'indication',
      transactionId,
      attributes: [
        xorAddressAttribute(turnAttributeType.xorPeerAddress, address, transactionId),
        { type: turnAttributeType.connectionId, value: connectionIdValue(peer.id) },
      ],
    });
    this.#options.sink.sendMessage(allocation.path, attempt);
    return peer.id;
  }

  /** What `connect-peer` wanted is there. */
  handlePeerConnected(id: PeerDataConnectionId, now: MonotonicMs): void {
    const peer = this.#peers.find(id);
    if (peer === undefined || peer.state !== 'connecting') return;
    this.#peers.await(peer, now);
    this.#answerConnect(peer, accepted({ type: turnAttributeType.connectionId, value: connectionIdValue(id) }));
  }

  /** A peer data connection has ended, or was never made. */
  handlePeerClosed(id: PeerDataConnectionId): void {
    const peer = this.#peers.find(id);
    if (peer !== undefined) this.#closePeer(peer);
  }

  /** Bytes that went through a joined connection, counted; the answer is how long the driver is to read no more. */
  handlePeerBytes(id: PeerDataConnectionId, from: 'client' | 'peer', length: number, now: MonotonicMs): Milliseconds {
    const peer = this.#peers.find(id);
    if (peer === undefined) return milliseconds(0);
    const { allocation } = peer;
    allocation.activeAt = now;
    if (from === 'client') allocation.bytesFromClient += length;
    else allocation.bytesFromPeers += length;
    this.counters.count(from === 'client' ? 'bytes-from-clients' : 'bytes-from-peers', length);
    return allocation.user.bandwidth?.borrow(now, length) ?? milliseconds(0);
  }

  handleTimeout(now: MonotonicMs): void {
    for (let peer = this.#peers.takeExpired(now); peer !== undefined; peer = this.#peers.takeExpired(now)) {
      this.#closePeer(peer);
    }
    this.#allocations.handleTimeout(now);
    for (let due = this.#streams.takeDue(now); due !== undefined; due = this.#streams.takeDue(now)) {
      if (!this.#isInUse(due, now)) this.#closeStream(due);
    }
  }

  deadline(): MonotonicMs {
    return earliest(this.#allocations.deadline(), this.#peers.deadline(), this.#streams.deadline());
  }

  pollOutput(): TurnOutput | undefined {
    return this.#outputs.pollOutput();
  }

  pollEvent(): TurnServerEvent | undefined {
    return this.#outputs.pollEvent();
  }

  /** Ends all allocations. */
  close(): void {
    this.#allocations.closeAll();
  }

  #isInUse(connection: ConnectionId, now: MonotonicMs): boolean {
    if (this.#peers.findJoined(connection) !== undefined) return true;
    return this.#allocations.findConnection(connection, now) !== undefined;
  }

  #closeStream(connection: ConnectionId): void {
    this.#streams.close(connection);
    this.#outputs.push({ type: 'close-connection', connection });
  }

  #handleChannelData(allocation: Allocation | undefined, bytes: Uint8Array, now: MonotonicMs): void {
    if (allocation === undefined) return this.counters.count('no-allocation');
    this.#packets.handleChannelData(allocation, bytes, now);
  }

  #handleMessage(path: TurnPath, allocation: Allocation | undefined, bytes: Uint8Array, now: MonotonicMs): void {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string') return this.counters.count('defective');
    if (message.class === 'request' && !indicationMethods.has(message.method)) {
      return this.#handleRequest(path, allocation, message, now);
    }
    // Binding indications keep NATs open.
    if (message.class === 'indication' && message.method === 'binding') return;
    if (message.class !== 'indication' || message.method !== 'send') return this.counters.count('unexpected');
    if (allocation === undefined) return this.counters.count('no-allocation');
    this.#packets.handleSend(allocation, message, now);
  }

  #handleRequest(path: TurnPath, allocation: Allocation | undefined, message: StunMessage, now: MonotonicMs): void {
    if (message.method === 'binding') return this.#answerBinding(path, message, now);
    const { ip } = path.remote;
    const wall = wallClockMs(this.#wallOffset + now);
    const known = allocation?.account;
    const authenticated = this.#authenticator.authenticate(message, ip, {
      now,
      wall,
      ...(known === undefined ? {} : { known }),
    });
    if (typeof authenticated === 'number') return this.#challenge(path, message, authenticated, now);
    const request = { path, message, authenticated };
    this.#answer(path, message, this.#answerOf(request, allocation, now), authenticated);
  }

  #answerOf(request: TurnRequest, allocation: Allocation | undefined, now: MonotonicMs): TurnAnswer {
    const { message, authenticated } = request;
    const unknown = [...unknownRequiredAttributes(message)];
    // We cannot forbid fragments (RFC 8656 section 15).
    if (findAttribute(message, turnAttributeType.dontFragment) !== undefined) {
      unknown.push(turnAttributeType.dontFragment);
    }
    if (unknown.length > 0) return { type: 'error', code: 420, attributes: [unknownAttributes(unknown)] };
    const { identity } = authenticated.account;
    if (allocation !== undefined && allocation.user.identity !== identity) {
      // Allocate finds its 5-tuple taken, whoever has it (RFC 8656 sections 5 and 7.2).
      return refused(message.method === 'allocate' ? 437 : 441);
    }
    if (message.method === 'allocate') return handleAllocate(this.#context, request, allocation, now);
    if (message.method === 'connection-bind') return handleConnectionBind(this.#context, request, allocation, now);
    const handle = allocationRequests.get(message.method);
    assert(handle !== undefined, 'the method has requests');
    if (allocation === undefined || allocation.pending !== undefined) return refused(437);
    return handle(this.#context, request, allocation, now);
  }

  #answer(path: TurnPath, message: StunMessage, answer: TurnAnswer, options: AnswerOptions): void {
    if (answer.type === 'later') return;
    if (answer.type === 'error') this.counters.count('refused');
    const bytes = answer.type === 'again' ? answer.bytes : serializeAnswer(questionOf(message), answer, options);
    this.#options.sink.sendMessage(path, bytes);
  }

  /** Refuses somebody unknown, in as few bytes as the RFC allows, and not too often. */
  #challenge(path: TurnPath, message: StunMessage, code: AuthenticationRefusal, now: MonotonicMs): void {
    const { remote } = path;
    if (!this.#challenges.take(remote.ip, now)) return this.counters.count('challenge-limited');
    this.counters.count('challenged');
    const isProof = code === 401 && findAttribute(message, attributeType.realm) !== undefined;
    if (isProof) {
      this.counters.count('authentication-failed');
      this.#outputs.tell({ type: 'authentication-failed', remote });
    }
    const attributes = code === 400 ? [] : this.#authenticator.challenge(remote, now);
    this.#answer(path, message, { type: 'error', code, attributes }, { isTerse: true });
  }

  #answerBinding(path: TurnPath, message: StunMessage, now: MonotonicMs): void {
    const { remote } = path;
    if (!this.#bindings.take(remote.ip, now)) return this.counters.count('binding-limited');
    this.counters.count('binding-answered');
    const unknown = unknownRequiredAttributes(message);
    const answer: FinalAnswer =
      unknown.length > 0
        ? { type: 'error', code: 420, attributes: [unknownAttributes(unknown)] }
        : accepted(xorAddressAttribute(attributeType.xorMappedAddress, remote, message.transactionId));
    this.#answer(path, message, answer, { isTerse: true });
  }

  #closePeer(peer: PeerDataConnection): void {
    if (peer.state === 'connecting') this.#answerConnect(peer, refused(447));
    this.#peers.close(peer);
  }

  #answerConnect({ connect, allocation }: PeerDataConnection, answer: FinalAnswer): void {
    if (connect === undefined) return;
    const { question, integrity } = connect;
    this.#options.sink.sendMessage(allocation.path, serializeAnswer(question, answer, { integrity }));
  }
}

/** Methods without requests; a message of a class that its method has not is dropped (RFC 8489 section 6.3). */
const indicationMethods: ReadonlySet<StunMessage['method']> = new Set(['send', 'data', 'connection-attempt']);

const allocationRequests: ReadonlyMap<StunMessage['method'], AllocationRequest> = new Map([
  ['refresh', handleRefresh],
  ['create-permission', handleCreatePermission],
  ['channel-bind', handleChannelBind],
  ['connect', handleConnect],
]);
