import { isIP } from 'node:net';
import {
  after,
  Counters,
  earliest,
  isIpv6,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  never,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import {
  attributeType,
  findAttribute,
  findXorAddress,
  parseErrorCode,
  parseStunMessage,
  type StunMessage,
  StunTransaction,
  turnAttributeType,
} from '../stun/index.ts';
import { isChannelData, parseChannelData, serializeChannelData } from './channel-data.ts';
import { LongTermCredentials, type LongTermUser } from './long-term-credentials.ts';
import { type RelayPeer, RelayPeers } from './relay-peers.ts';
import { RelayPermissions } from './relay-permissions.ts';
import type { TurnFailure } from './turn-failure.ts';
import {
  lifetimeAsked,
  serializeKeepalive,
  serializeSendIndication,
  serializeTurnRequest,
  type TurnAsk,
  type TurnRequest,
} from './turn-request.ts';
import { parseLifetime } from './turn-values.ts';

export interface TurnClientOptions {
  readonly random: RandomBytes;
  readonly user: LongTermUser;
  /** Over a connection: nothing is sent again, and ChannelData is padded. */
  readonly isStream: boolean;
  /** How long the first request may take, challenge and all. */
  readonly patience: Milliseconds;
  /** Those of several clients together; left out: its own. */
  readonly counters?: Counters<TurnClientCounter>;
}

export type TurnEvent =
  | {
      readonly type: 'allocated';
      readonly relayed: TransportAddress;
      /** Ours, as the server sees it. */
      readonly mapped: TransportAddress | undefined;
    }
  | { readonly type: 'failed'; readonly failure: TurnFailure };

/** What a peer sent: a view into the message. */
export interface RelayedPacket {
  readonly peer: TransportAddress;
  /** The address as text, where its channel tells it. */
  readonly key?: string;
  readonly data: Uint8Array;
}

export const turnClientCounters = [
  'defective',
  'bad-integrity',
  'unknown-transaction',
  'unknown-channel',
  'unexpected',
  'permission-refused',
  'channel-refused',
  'too-many-requests',
] as const;

export type TurnClientCounter = (typeof turnClientCounters)[number];

/** Requests under way with which another permission is still asked for: peers may name any number of addresses. */
export const requestsMax = 128;

/** Challenges to one request: the first, and nonces that grew stale meanwhile. */
export const challengesMax = 3;

/** Allocation Mismatch (RFC 8656 section 19): the server knows no allocation of ours. */
const allocationMismatch = 437;

/** Told lifetimes are kept within that. */
const lifetimeMin = milliseconds(30_000);
const lifetimeMax = milliseconds(3_600_000);

/** An allocation is refreshed so long before its end (RFC 8656 section 7.1). */
const refreshMargin = milliseconds(60_000);

/** NATs forget a flow without traffic after 30 s or later (RFC 4787 section 4.3). */
export const keepaliveInterval = milliseconds(20_000);

/** Sans-IO client of one allocation (RFC 8656): it is told messages and time, and asked for what to send and what happened. */
export class TurnClient {
  readonly counters: Counters<TurnClientCounter>;
  readonly #options: TurnClientOptions;
  readonly #credentials: LongTermCredentials;
  readonly #permissions = new RelayPermissions();
  readonly #peers = new RelayPeers();
  readonly #requests = new Map<string, TurnRequest>();
  readonly #sends: Uint8Array[] = [];
  readonly #events: TurnEvent[] = [];
  #state: 'new' | 'allocating' | 'allocated' | 'over' = 'new';
  #relayed: TransportAddress | undefined;
  #patienceEndsAt: MonotonicMs = never;
  #refreshAt: MonotonicMs = never;
  #sentAt: MonotonicMs = never;

  constructor(options: TurnClientOptions) {
    this.#options = options;
    this.counters = options.counters ?? new Counters(turnClientCounters);
    this.#credentials = new LongTermCredentials(options.user);
  }

  get state(): 'new' | 'allocating' | 'allocated' | 'over' {
    return this.#state;
  }

  start(now: MonotonicMs): void {
    if (this.#state !== 'new') return;
    this.#state = 'allocating';
    this.#patienceEndsAt = after(now, this.#options.patience);
    this.#ask({ type: 'allocate' }, now);
  }

  /** Lets an IP address send to us; before the allocation it is remembered. What the server cannot relay to is passed over. */
  permit(ip: string, now: MonotonicMs): void {
    if (isIP(ip) === 0 || ip.includes('%') || this.#state === 'over') return;
    if (this.#relayed !== undefined && isIpv6(ip) !== isIpv6(this.#relayed.ip)) return;
    if (this.#requests.size >= requestsMax) return this.counters.count('too-many-requests');
    if (this.#permissions.add(ip) && this.#state === 'allocated') this.#ask({ type: 'permit', ip }, now);
  }

  /** `undefined` when there are too many. */
  openPeer(address: TransportAddress): RelayPeer | undefined {
    return this.#peers.open(address);
  }

  closePeer(peer: RelayPeer): void {
    this.#peers.close(peer);
  }

  /** What to send to the server so that the peer gets the data: ChannelData as soon as there is a channel. */
  wrap(peer: RelayPeer, data: Uint8Array, now: MonotonicMs): Uint8Array | undefined {
    if (this.#state !== 'allocated') return undefined;
    this.#sentAt = now;
    if (peer.channelState === 'bound') return serializeChannelData(peer.channel, data, this.#options.isStream);
    const needsChannel = peer.channelState === 'none' && this.#peers.has(peer);
    if (needsChannel && this.#peers.takeChannel(peer)) this.#ask({ type: 'bind', peer }, now);
    return serializeSendIndication(peer, data, this.#options.random);
  }

  /** One datagram or one message of a connection; the answer is what a peer sent, a view into it. */
  handleMessage(bytes: Uint8Array, now: MonotonicMs): RelayedPacket | undefined {
    if (this.#state === 'over') return undefined;
    if (bytes.length > 0 && isChannelData(bytes[0])) return this.#readChannelData(bytes);
    const message = parseStunMessage(bytes);
    if (typeof message === 'string') {
      this.counters.count('defective');
      return undefined;
    }
    if (message.class === 'indication') return this.#readIndication(message);
    if (message.class === 'request') this.counters.count('unexpected');
    else this.#handleResponse(message, now);
    return undefined;
  }

  handleTimeout(now: MonotonicMs): void {
    for (const [id, request] of this.#requests) {
      const due = request.transaction.handleTimeout(now);
      if (due === 'repeat') this.#push(request.transaction.bytes, now);
      if (due !== 'failed') continue;
      this.#requests.delete(id);
      this.#handleFailure(request.ask, undefined);
    }
    if (now >= this.#patienceEndsAt) this.#fail({ type: 'no-answer' });
    if (this.#state !== 'allocated') return;
    if (now >= this.#refreshAt) {
      this.#refreshAt = never;
      this.#ask({ type: 'refresh', lifetime: lifetimeAsked }, now);
    }
    for (const ip of this.#permissions.takeDue(now)) this.#ask({ type: 'permit', ip }, now);
    for (const peer of this.#peers.takeDue(now)) this.#ask({ type: 'bind', peer }, now);
    if (now >= after(this.#sentAt, keepaliveInterval)) this.#push(serializeKeepalive(this.#options.random), now);
  }

  deadline(): MonotonicMs {
    if (this.#state === 'new' || this.#state === 'over') return never;
    let first = earliest(this.#patienceEndsAt, this.#refreshAt, this.#permissions.deadline(), this.#peers.deadline());
    for (const { transaction } of this.#requests.values()) first = earliest(first, transaction.deadline());
    return this.#state === 'allocated' ? earliest(first, after(this.#sentAt, keepaliveInterval)) : first;
  }

  pollSend(): Uint8Array | undefined {
    return this.#sends.shift();
  }

  pollEvent(): TurnEvent | undefined {
    return this.#events.shift();
  }

  /** Gives the allocation back (RFC 8656 section 7.1); nobody waits for the answer. */
  close(now: MonotonicMs): void {
    // One that is being allocated is too, if the server knows us: the answer may be on its way.
    const isReleased = this.#state === 'allocated' || this.#credentials.integrity !== undefined;
    if (this.#state !== 'over' && isReleased) this.#ask({ type: 'refresh', lifetime: milliseconds(0) }, now);
    this.#end();
  }

  #readChannelData(bytes: Uint8Array): RelayedPacket | undefined {
    const message = parseChannelData(bytes);
    if (typeof message === 'string') {
      this.counters.count('defective');
      return undefined;
    }
    const peer = this.#peers.find(message.channel);
    if (peer !== undefined) return { peer: peer.address, key: peer.key, data: message.data };
    this.counters.count('unknown-channel');
    return undefined;
  }

  #readIndication(message: StunMessage): RelayedPacket | undefined {
    const data = findAttribute(message, turnAttributeType.data)?.value;
    const peer = findXorAddress(message, turnAttributeType.xorPeerAddress);
    if (message.method === 'data' && data !== undefined && peer !== undefined) return { peer, data };
    this.counters.count('unexpected');
    return undefined;
  }

  #handleResponse(message: StunMessage, now: MonotonicMs): void {
    const id = idKey(message.transactionId);
    const request = this.#requests.get(id);
    if (request === undefined) return this.counters.count('unknown-transaction');
    const integrity = this.#credentials.check(message);
    const isForged = integrity === 'wrong' || (request.isAuthenticated && integrity === 'missing');
    if (message.class === 'success') {
      if (isForged) return this.counters.count('bad-integrity');
      this.#requests.delete(id);
      return this.#handleSuccess(request.ask, message, now);
    }
    const code = parseErrorCode(findAttribute(message, attributeType.errorCode)?.value ?? new Uint8Array(0))?.code;
    if (code === undefined) return this.counters.count('defective');
    // Challenges come without it, as the server does not know which key to take (RFC 8489 section 9.2.4).
    if (integrity === 'wrong' && code !== 401 && code !== 438) return this.counters.count('bad-integrity');
    this.#requests.delete(id);
    if (this.#isChallenge(request, code) && this.#credentials.handleChallenge(message)) {
      this.#ask(request.ask, now, request.challenges + 1);
    } else {
      this.#handleFailure(request.ask, code);
    }
  }

  /** 401 to credentials says that they are wrong. */
  #isChallenge({ isAuthenticated, challenges }: TurnRequest, code: number): boolean {
    return challenges < challengesMax && (code === 438 || (code === 401 && !isAuthenticated));
  }

  #handleSuccess(ask: TurnAsk, message: StunMessage, now: MonotonicMs): void {
    switch (ask.type) {
      case 'allocate':
        return this.#handleAllocated(message, now);
      case 'refresh':
        return this.#planRefresh(message, now);
      case 'permit':
        return this.#permissions.confirm(ask.ip, now);
      case 'bind':
        return this.#peers.confirm(ask.peer, now);
    }
  }

  #handleAllocated(message: StunMessage, now: MonotonicMs): void {
    const relayed = findXorAddress(message, turnAttributeType.xorRelayedAddress);
    if (relayed === undefined) return this.#fail({ type: 'bad-answer' });
    this.#state = 'allocated';
    this.#relayed = relayed;
    this.#patienceEndsAt = never;
    this.#planRefresh(message, now);
    this.#events.push({ type: 'allocated', relayed, mapped: findXorAddress(message, attributeType.xorMappedAddress) });
    for (const ip of this.#permissions.all()) {
      if (isIpv6(ip) === isIpv6(relayed.ip)) this.#ask({ type: 'permit', ip }, now);
    }
  }

  #planRefresh(message: StunMessage, now: MonotonicMs): void {
    const value = findAttribute(message, turnAttributeType.lifetime)?.value;
    const told = (value && parseLifetime(value)) ?? lifetimeAsked;
    const lifetime = Math.min(Math.max(told, lifetimeMin), lifetimeMax);
    this.#refreshAt = after(now, milliseconds(Math.max(lifetime - refreshMargin, lifetime / 2)));
  }

  /** A request was refused or, without a code, never answered. */
  #handleFailure(ask: TurnAsk, code: number | undefined): void {
    if (code === allocationMismatch && ask.type !== 'allocate') return this.#fail({ type: 'lost', code });
    switch (ask.type) {
      case 'allocate':
        return this.#fail(code === undefined ? { type: 'no-answer' } : { type: 'refused', code });
      case 'refresh':
        return this.#fail({ type: 'lost', ...(code === undefined ? {} : { code }) });
      case 'permit':
        this.#permissions.delete(ask.ip);
        return this.counters.count('permission-refused');
      case 'bind':
        this.#peers.refuse(ask.peer);
        return this.counters.count('channel-refused');
    }
  }

  #fail(failure: TurnFailure): void {
    if (this.#state === 'over') return;
    this.#end();
    this.#events.push({ type: 'failed', failure });
  }

  #end(): void {
    this.#state = 'over';
    this.#requests.clear();
  }

  #ask(ask: TurnAsk, now: MonotonicMs, challenges = 0): void {
    const { random, isStream: isReliable } = this.#options;
    const id = random(12);
    const bytes = serializeTurnRequest(ask, id, this.#credentials);
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: !isReliable }, now);
    const isAuthenticated = this.#credentials.integrity !== undefined;
    this.#requests.set(idKey(id), { ask, transaction, isAuthenticated, challenges });
    this.#push(bytes, now);
  }

  #push(bytes: Uint8Array, now: MonotonicMs): void {
    this.#sentAt = now;
    this.#sends.push(bytes);
  }
}

function idKey(id: Uint8Array): string {
  return Buffer.from(id).toString('latin1');
}
