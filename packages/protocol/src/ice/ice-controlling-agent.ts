import {
  after,
  Counters,
  earliest,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  never,
  type PathHandle,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import { checkIntegrity, parseStunMessage, type StunMessage } from '../stun/index.ts';
import { passwordKey, readUsername, serializeCheck, serializeCheckSuccess } from './binding-message.ts';
import { candidatePriority } from './ice-candidate.ts';
import type { IceCredentials } from './ice-credentials.ts';
import { iceCounters, type IceOutput, type IceState } from './ice-lite-agent.ts';

/** Pace of new checks (RFC 8445 section 14.2). */
const pace = milliseconds(50);

/** First retransmission timeout of a check (RFC 8445 section 14.3); doubles each time. */
const retransmissionTimeoutFirst = milliseconds(500);

/** Requests of one transaction before it has failed, and how long its last one waits (RFC 8489 section 6.2.1). */
const requestsMax = 7;
const lastTimeout = milliseconds(16 * retransmissionTimeoutFirst);

/** Paths that are checked; more are passed over (RFC 8445 section 6.1.2.5). */
export const pairsMax = 100;

/** Between consent checks, before randomization by 0.8 to 1.2 (RFC 7675 section 5.1). */
const consentInterval = milliseconds(5_000);

const consentLifetime = milliseconds(30_000);

interface Pair {
  readonly path: PathHandle;
  state: 'waiting' | 'in-progress' | 'succeeded' | 'failed';
  transactionId: Uint8Array;
  /** A check with USE-CANDIDATE is on its way. */
  isNominating: boolean;
  requests: number;
  retransmitAt: MonotonicMs;
  timeout: Milliseconds;
}

export interface ControllingOptions {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
  readonly random: RandomBytes;
}

/**
 * One component's controlling side against a peer that may be lite: checks its pairs in the order they were added,
 * nominates the first that works, keeps consent, and nominates another when told to. Failure is final; an ICE restart
 * is a new agent.
 */
export class IceControllingAgent {
  readonly counters = new Counters(iceCounters);
  readonly #username: string;
  readonly #localKey: Uint8Array;
  readonly #remoteKey: Uint8Array;
  readonly #localUfrag: string;
  readonly #random: RandomBytes;
  readonly #tieBreaker: Uint8Array;
  readonly #pairs = new Map<PathHandle, Pair>();
  readonly #outputs: IceOutput[] = [];
  #state: IceState = 'new';
  #selected: PathHandle | undefined;
  #nextCheckAt: MonotonicMs = never;
  #consentCheckAt: MonotonicMs = never;
  #consentAt: MonotonicMs = never;

  constructor(options: ControllingOptions) {
    this.#username = `${options.remote.ufrag}:${options.local.ufrag}`;
    this.#localUfrag = options.local.ufrag;
    this.#localKey = passwordKey(options.local.pwd);
    this.#remoteKey = passwordKey(options.remote.pwd);
    this.#random = options.random;
    this.#tieBreaker = options.random(8);
  }

  get state(): IceState {
    return this.#state;
  }

  get selectedPath(): PathHandle | undefined {
    return this.#selected;
  }

  /** A path to one of the peer's candidates, to be checked. */
  addPath(path: PathHandle, now: MonotonicMs): void {
    if (this.#pairs.has(path) || this.#pairs.size >= pairsMax || this.#state === 'failed') return;
    this.#pairs.set(path, {
      path,
      state: 'waiting',
      transactionId: new Uint8Array(12),
      isNominating: false,
      requests: 0,
      retransmitAt: never,
      timeout: retransmissionTimeoutFirst,
    });
    if (this.#nextCheckAt === never) this.#nextCheckAt = now;
    this.#setState('checking');
  }

  /** Nominates this path instead of any other; it is selected when the peer answers. */
  nominate(path: PathHandle, now: MonotonicMs): void {
    const pair = this.#pairs.get(path);
    if (pair === undefined || this.#state === 'failed') return;
    for (const other of this.#pairs.values()) other.isNominating = false;
    if (pair.state !== 'succeeded') pair.state = 'in-progress';
    this.#startCheck(pair, true, now);
  }

  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string') return this.counters.count('defective');
    if (message.class === 'request') return this.#handleRequest(message, path, remote);
    const pair = this.#pairs.get(path);
    if (this.#state === 'failed' || pair === undefined || pair.retransmitAt === never) return;
    if (!isSameTransaction(pair.transactionId, message.transactionId)) return;
    if (checkIntegrity(message, this.#remoteKey) !== 'right') return this.counters.count('bad-integrity');
    if (message.class === 'success') this.#handleSuccess(pair, now);
    else if (message.class === 'error') this.#fail(pair, now);
  }

  handleTimeout(now: MonotonicMs): void {
    if (this.#state === 'failed') return;
    for (const pair of this.#pairs.values()) if (pair.retransmitAt <= now) this.#retransmit(pair, now);
    if (this.#nextCheckAt <= now) this.#checkNext(now);
    const selected = this.#selected === undefined ? undefined : this.#pairs.get(this.#selected);
    if (selected !== undefined && this.#consentCheckAt <= now) {
      this.#consentCheckAt = after(now, milliseconds(consentInterval * (0.8 + (this.#random(1)[0] / 255) * 0.4)));
      this.#startCheck(selected, !this.#isNominationPending(), now);
    }
    if (after(this.#consentAt, consentLifetime) <= now) this.#setState('failed');
  }

  deadline(): MonotonicMs {
    if (this.#state === 'failed') return never;
    let first = earliest(this.#nextCheckAt, this.#consentCheckAt);
    for (const { retransmitAt } of this.#pairs.values()) first = earliest(first, retransmitAt);
    return earliest(first, after(this.#consentAt, consentLifetime));
  }

  pollOutput(): IceOutput | undefined {
    return this.#outputs.shift();
  }

  /** A full peer checks too: its checks are answered. */
  #handleRequest(message: StunMessage, path: PathHandle, remote: TransportAddress): void {
    if (readUsername(message)?.receiver !== this.#localUfrag) return this.counters.count('bad-username');
    if (checkIntegrity(message, this.#localKey) !== 'right') return this.counters.count('bad-integrity');
    this.counters.count('check-answered');
    const bytes = serializeCheckSuccess(message.transactionId, remote, this.#localKey);
    this.#outputs.push({ type: 'send', path, bytes });
  }

  #handleSuccess(pair: Pair, now: MonotonicMs): void {
    pair.retransmitAt = never;
    if (pair.state !== 'succeeded') {
      pair.state = 'succeeded';
      this.#outputs.push({ type: 'validated', path: pair.path });
    }
    if (pair.isNominating) this.#select(pair, now);
    else if (pair.path === this.#selected) this.#consentAt = now;
    else this.#nominateNext(now);
  }

  #select(pair: Pair, now: MonotonicMs): void {
    pair.isNominating = false;
    this.#consentAt = now;
    if (this.#consentCheckAt === never) this.#consentCheckAt = after(now, consentInterval);
    if (this.#selected !== pair.path) {
      this.#selected = pair.path;
      this.#outputs.push({ type: 'selected', path: pair.path });
    }
    this.#setState('connected');
  }

  /** Nominates the first pair that works, unless one is selected or about to be. */
  #nominateNext(now: MonotonicMs): void {
    if (this.#selected !== undefined || this.#isNominationPending()) return;
    const pair = [...this.#pairs.values()].find(({ state }) => state === 'succeeded');
    if (pair !== undefined) this.#startCheck(pair, true, now);
  }

  #isNominationPending(): boolean {
    return [...this.#pairs.values()].some((pair) => pair.isNominating);
  }

  #checkNext(now: MonotonicMs): void {
    const waiting = [...this.#pairs.values()].find((pair) => pair.state === 'waiting');
    this.#nextCheckAt = waiting === undefined ? never : after(now, pace);
    if (waiting === undefined) return;
    waiting.state = 'in-progress';
    this.#startCheck(waiting, false, now);
  }

  #startCheck(pair: Pair, isNominating: boolean, now: MonotonicMs): void {
    pair.transactionId = this.#random(12);
    pair.isNominating = isNominating;
    pair.requests = 0;
    pair.timeout = retransmissionTimeoutFirst;
    this.#request(pair, now);
  }

  #retransmit(pair: Pair, now: MonotonicMs): void {
    if (pair.requests >= requestsMax) return this.#fail(pair, now);
    pair.timeout = milliseconds(pair.timeout * 2);
    this.#request(pair, now);
  }

  #request(pair: Pair, now: MonotonicMs): void {
    pair.requests += 1;
    pair.retransmitAt = after(now, pair.requests === requestsMax ? lastTimeout : pair.timeout);
    const bytes = serializeCheck({
      transactionId: pair.transactionId,
      username: this.#username,
      key: this.#remoteKey,
      priority: candidatePriority('prflx', 65_535, 1),
      isControlling: true,
      tieBreaker: this.#tieBreaker,
      useCandidate: pair.isNominating,
    });
    this.#outputs.push({ type: 'send', path: pair.path, bytes });
  }

  #fail(pair: Pair, now: MonotonicMs): void {
    pair.retransmitAt = never;
    pair.state = 'failed';
    pair.isNominating = false;
    this.#nominateNext(now);
    const isHopeless = [...this.#pairs.values()].every(({ state }) => state === 'failed');
    if (isHopeless && this.#selected === undefined) this.#setState('failed');
  }

  #setState(state: IceState): void {
    if (this.#state === state || (state === 'checking' && this.#state !== 'new')) return;
    this.#state = state;
    this.#outputs.push({ type: 'state', state });
  }
}

function isSameTransaction(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
