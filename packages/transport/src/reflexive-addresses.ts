import {
  after,
  Counters,
  earliest,
  formatTransportAddress,
  milliseconds,
  type MonotonicMs,
  never,
  type PathHandle,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import {
  attributeType,
  findAttribute,
  parseAddress,
  parseStunMessage,
  parseXorAddress,
  serializeStunMessage,
  type StunMessage,
  StunTransaction,
} from '@rivero/protocol/stun';

/** What a NAT makes of a socket of ours. */
export interface ReflexiveAddress {
  /** The socket. */
  readonly base: TransportAddress;
  /** How the server sees it. */
  readonly mapped: TransportAddress;
}

/** `undefined`: the server did not answer, or cannot be reached. */
type OnAsked = (address: ReflexiveAddress | undefined, now: MonotonicMs) => void;

export interface ReflexiveAddressesOptions {
  readonly datapath: Datapath;
  readonly random: RandomBytes;
}

export const reflexiveCounters = ['asked', 'answered', 'no-answer', 'unexpected-response', 'too-many'] as const;

/** Servers that are asked, or whose answer is known, at once. */
export const serversMax = 256;

/** A server is asked at 0, 500 and 1500 ms and given up then; who joins waits for it that long. */
const patience = milliseconds(3_000);

/** So long an answer, or that there was none, counts for whoever asks next. */
export const freshness = milliseconds(10_000);

interface Query {
  readonly base: TransportAddress;
  readonly path: PathHandle;
  readonly transaction: StunTransaction;
  readonly waiting: OnAsked[];
}

/**
 * Asks STUN servers how they see the sockets that media uses (RFC 8489 section 3), from these sockets. All who ask the same
 * server within some seconds share one answer.
 */
export class ReflexiveAddresses {
  readonly counters = new Counters(reflexiveCounters);
  readonly #options: ReflexiveAddressesOptions;
  readonly #queries = new Map<string, Query>();
  readonly #known = new Map<string, { readonly address: ReflexiveAddress | undefined; readonly until: MonotonicMs }>();

  constructor(options: ReflexiveAddressesOptions) {
    this.#options = options;
  }

  /** `onAsked` is called once, at once when the answer is known. */
  ask(server: TransportAddress, onAsked: OnAsked, now: MonotonicMs): void {
    this.#forgetOld(now);
    const key = formatTransportAddress(server);
    const known = this.#known.get(key);
    if (known !== undefined) return onAsked(known.address, now);
    const query = this.#queries.get(key) ?? this.#open(key, server, now);
    if (query === undefined) onAsked(undefined, now);
    else query.waiting.push(onAsked);
  }

  /** A STUN response that is no session's; false when it is none of ours. */
  handleResponse(bytes: Uint8Array, path: PathHandle, now: MonotonicMs): boolean {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string' || message.method !== 'binding') return false;
    const ends = this.#options.datapath.paths.ends(path);
    if (ends === undefined) return false;
    const key = formatTransportAddress(ends.remote);
    const query = this.#queries.get(key);
    if (query === undefined) return false;
    const isOurs = isSame(ends.local, query.base) && query.transaction.isAnsweredBy(message.transactionId);
    const mapped = message.class === 'success' ? mappedAddress(message) : undefined;
    if (!isOurs || (message.class === 'success' && mapped === undefined)) {
      this.counters.count('unexpected-response');
      return true;
    }
    this.#settle(key, query, mapped && { base: query.base, mapped }, now);
    return true;
  }

  handleTimeout(now: MonotonicMs): void {
    for (const [key, query] of this.#queries) {
      const due = query.transaction.handleTimeout(now);
      if (due === 'repeat') this.#options.datapath.sendDatagram(query.path, query.transaction.bytes);
      if (due === 'failed') this.#settle(key, query, undefined, now);
    }
  }

  deadline(): MonotonicMs {
    let first = never;
    for (const { transaction } of this.#queries.values()) first = earliest(first, transaction.deadline());
    return first;
  }

  #open(key: string, server: TransportAddress, now: MonotonicMs): Query | undefined {
    const { datapath, random } = this.#options;
    if (this.#queries.size + this.#known.size >= serversMax) {
      this.counters.count('too-many');
      return undefined;
    }
    const path = datapath.paths.openDatagram(server);
    if (path === undefined) return undefined;
    const base = datapath.paths.ends(path)?.local;
    if (base === undefined) return undefined;
    const id = random(12);
    const bytes = serializeStunMessage({
      method: 'binding',
      class: 'request',
      transactionId: id,
      attributes: [],
      fingerprint: true,
    });
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: true, patience }, now);
    const query = { base, path, transaction, waiting: [] };
    this.#queries.set(key, query);
    this.counters.count('asked');
    datapath.sendDatagram(path, bytes);
    return query;
  }

  #settle(key: string, query: Query, address: ReflexiveAddress | undefined, now: MonotonicMs): void {
    this.counters.count(address === undefined ? 'no-answer' : 'answered');
    this.#queries.delete(key);
    this.#known.set(key, { address, until: after(now, freshness) });
    for (const onAsked of query.waiting) onAsked(address, now);
  }

  #forgetOld(now: MonotonicMs): void {
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
  }
}

/** MAPPED-ADDRESS is what servers of RFC 3489 say. */
function mappedAddress(message: StunMessage): TransportAddress | undefined {
  const xored = findAttribute(message, attributeType.xorMappedAddress)?.value;
  if (xored !== undefined) return parseXorAddress(xored, message.transactionId);
  const plain = findAttribute(message, attributeType.mappedAddress)?.value;
  return plain && parseAddress(plain);
}

function isSame(a: TransportAddress, b: TransportAddress): boolean {
  return a.ip === b.ip && a.port === b.port;
}
