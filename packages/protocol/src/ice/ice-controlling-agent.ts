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
import {
  attributeType,
  checkIntegrity,
  findAttribute,
  parseStunMessage,
  type StunMessage,
  transactionLifetime,
  unknownRequiredAttributes,
} from '../stun/index.ts';
import {
  passwordKey,
  readUsername,
  serializeCheck,
  serializeCheckError,
  serializeCheckSuccess,
} from './binding-message.ts';
import { CandidatePair } from './candidate-pair.ts';
import { type IceAgent, iceCounters, type IceOutput, type IceState } from './ice-agent.ts';
import { candidatePriority } from './ice-candidate.ts';
import type { IceCredentials } from './ice-credentials.ts';

/** Pace of new checks (RFC 8445 section 14.2). */
const pace = milliseconds(50);

/** Paths that are checked; more are passed over (RFC 8445 section 6.1.2.5). As many from before a restart are kept. */
export const pairsMax = 100;

/** Between consent checks, before randomization by 0.8 to 1.2 (RFC 7675 section 5.1). */
const consentInterval = milliseconds(5_000);

/** Consent to send lasts that long after the last answer (RFC 7675 section 5.1). */
const consentLifetime = milliseconds(30_000);

/** Two consent checks without an answer, and no media. */
const silenceMax = milliseconds(10_000);

/** Until then more candidates may come, though every pair has failed (RFC 8863 section 4). */
const patience = transactionLifetime;

/** Messages that nobody fetched; a driver that fetches after each input never comes near. */
const sendsMax = 256;

export interface ControllingOptions {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
  readonly random: RandomBytes;
}

/**
 * One component's controlling side against a peer that may be lite: checks its pairs by priority, nominates the first that
 * works, keeps consent, and nominates another when the selected one falls silent, or when told to.
 */
export class IceControllingAgent implements IceAgent {
  readonly counters = new Counters(iceCounters);
  readonly #random: RandomBytes;
  readonly #tieBreaker: Uint8Array;
  #local: IceCredentials;
  #remote: IceCredentials;
  readonly #pairs = new Map<PathHandle, CandidatePair>();
  /** Validated before a restart: they may carry media until the first nomination after it. */
  readonly #former = new Map<PathHandle, CandidatePair>();
  readonly #outputs: IceOutput[] = [];
  #state: IceState = 'new';
  #selected: PathHandle | undefined;
  /** The selected path is the one to stay with: none better is looked for. */
  #isSettled = false;
  #nextCheckAt: MonotonicMs = never;
  #patienceEndsAt: MonotonicMs = never;
  #consentCheckAt: MonotonicMs = never;
  #consentAt: MonotonicMs = never;
  #heardAt: MonotonicMs = never;

  constructor({ local, remote, random }: ControllingOptions) {
    this.#local = local;
    this.#remote = remote;
    this.#random = random;
    this.#tieBreaker = random(8);
  }

  get state(): IceState {
    return this.#state;
  }

  get selectedPath(): PathHandle | undefined {
    return this.#selected;
  }

  get localCredentials(): IceCredentials {
    return this.#local;
  }

  get remoteCredentials(): IceCredentials {
    return this.#remote;
  }

  get roundTripTime(): Milliseconds | undefined {
    return this.#selected === undefined ? undefined : this.#find(this.#selected)?.roundTripTime;
  }

  /**
   * A path to one of the peer's candidates, to be checked; those of higher priority first, then those that were added
   * first. False when there are too many, or all is over.
   */
  addPath(path: PathHandle, now: MonotonicMs, priority = 0): boolean {
    if (this.#pairs.has(path)) return true;
    if (this.#pairs.size >= pairsMax || this.#state === 'failed') return false;
    const pair = new CandidatePair(path, priority);
    const former = this.#former.get(path);
    if (former !== undefined) {
      pair.isValidated = true;
      pair.heardAt = former.heardAt;
      this.#former.delete(path);
    }
    this.#pairs.set(path, pair);
    if (this.#nextCheckAt === never) this.#nextCheckAt = now;
    if (this.#patienceEndsAt === never) this.#patienceEndsAt = after(now, patience);
    if (this.#state === 'new') this.#setState('checking');
    return true;
  }

  /** Nominates this path instead of any other; it is selected when the peer answers. */
  nominate(path: PathHandle, now: MonotonicMs): void {
    const pair = this.#pairs.get(path);
    if (pair === undefined || this.#state === 'failed') return;
    for (const other of this.#pairs.values()) other.isNominating = false;
    if (pair.state !== 'succeeded') pair.state = 'in-progress';
    this.#startCheck(pair, true, now);
  }

  /** Candidates are those of the new description, to be added again; the selected path stays for as long as its consent does. */
  restart(local: IceCredentials, remote: IceCredentials, now: MonotonicMs): void {
    this.#local = local;
    this.#remote = remote;
    for (const pair of this.#pairs.values()) {
      pair.fail();
      if (pair.isValidated) this.#former.set(pair.path, pair);
      else this.#outputs.push({ type: 'forgotten', path: pair.path });
    }
    this.#pairs.clear();
    this.#forgetOldest();
    this.#isSettled = false;
    this.#consentCheckAt = never;
    this.#nextCheckAt = never;
    this.#patienceEndsAt = this.#state === 'new' ? never : after(now, patience);
    if (this.#state === 'failed') this.#setState('checking');
  }

  validatedPaths(): Iterable<PathHandle> {
    const validated = [...this.#pairs.values()].filter(({ isValidated }) => isValidated);
    return [...this.#former.keys(), ...validated.map(({ path }) => path)];
  }

  isValidated(path: PathHandle): boolean {
    return this.#find(path)?.isValidated === true;
  }

  isActive(path: PathHandle, now: MonotonicMs): boolean {
    const heardAt = this.#find(path)?.heardAt;
    return heardAt !== undefined && after(heardAt, silenceMax) > now;
  }

  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string' || message.method !== 'binding') return this.counters.count('defective');
    if (message.class === 'request') return this.#handleRequest(message, path, remote, now);
    const pair = this.#pairs.get(path);
    if (this.#state === 'failed' || pair?.isAnsweredBy(message.transactionId) !== true) return;
    if (checkIntegrity(message, passwordKey(this.#remote.pwd)) !== 'right') return this.counters.count('bad-integrity');
    if (message.class === 'success') this.#handleSuccess(pair, now);
    else if (message.class === 'error') this.#fail(pair, now);
  }

  handleActivity(path: PathHandle, now: MonotonicMs): void {
    const pair = this.#find(path);
    if (pair?.isValidated !== true) return;
    pair.heardAt = now;
    this.#hear(now);
  }

  handlePathClosed(path: PathHandle, now: MonotonicMs): void {
    if (!this.#pairs.delete(path) && !this.#former.delete(path)) return;
    this.#outputs.push({ type: 'forgotten', path });
    if (this.#selected === path) {
      this.#selected = undefined;
      if (this.#state === 'connected') this.#setState('disconnected');
      this.#seekAnother(now);
    }
    this.#judge(now);
  }

  handleTimeout(now: MonotonicMs): void {
    if (this.#state === 'failed') return;
    for (const pair of this.#pairs.values()) if (pair.deadline() <= now) this.#repeatCheck(pair, now);
    if (this.#state === 'connected' && after(this.#heardAt, silenceMax) <= now) {
      this.#setState('disconnected');
      this.#seekAnother(now);
    }
    if (this.#nextCheckAt <= now) this.#checkNext(now);
    const selected = this.#selected === undefined ? undefined : this.#pairs.get(this.#selected);
    if (selected !== undefined && this.#consentCheckAt <= now) {
      this.#consentCheckAt = after(now, milliseconds(consentInterval * (0.8 + (this.#random(1)[0] / 255) * 0.4)));
      this.#startCheck(selected, !this.#isNominationPending(), now);
    }
    this.#judge(now);
  }

  deadline(): MonotonicMs {
    if (this.#state === 'failed') return never;
    let first = earliest(this.#nextCheckAt, after(this.#consentAt, consentLifetime));
    if (this.#selected !== undefined) first = earliest(first, this.#consentCheckAt);
    for (const pair of this.#pairs.values()) first = earliest(first, pair.deadline());
    if (this.#state === 'connected') first = earliest(first, after(this.#heardAt, silenceMax));
    return this.#state === 'checking' && this.#isHopeless() ? earliest(first, this.#patienceEndsAt) : first;
  }

  pollOutput(): IceOutput | undefined {
    return this.#outputs.shift();
  }

  /** Of the paths from before restarts: a peer that answers checks but no nomination would have ever more of them. */
  #forgetOldest(): void {
    for (const path of this.#former.keys()) {
      if (this.#former.size <= pairsMax) return;
      if (path === this.#selected) continue;
      this.#former.delete(path);
      this.#outputs.push({ type: 'forgotten', path });
    }
  }

  #find(path: PathHandle): CandidatePair | undefined {
    return this.#pairs.get(path) ?? this.#former.get(path);
  }

  /** A full peer checks too: its checks are answered. It is told to be the controlled one, which it is to a lite agent anyway. */
  #handleRequest(message: StunMessage, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    const username = readUsername(message);
    const key = passwordKey(this.#local.pwd);
    const isFromPeer = username?.receiver === this.#local.ufrag && username.sender === this.#remote.ufrag;
    if (!isFromPeer) return this.counters.count('bad-username');
    if (checkIntegrity(message, key) !== 'right') return this.counters.count('bad-integrity');
    if (this.#state === 'failed') return this.counters.count('after-failure');
    const { transactionId } = message;
    const unknown = unknownRequiredAttributes(message);
    if (unknown.length > 0) {
      this.counters.count('unknown-attribute');
      const error = { code: 420, reason: 'Unknown Attribute' };
      return this.#send(path, serializeCheckError(transactionId, error, key, unknown));
    }
    if (findAttribute(message, attributeType.iceControlling) !== undefined) {
      this.counters.count('role-conflict');
      const error = { code: 487, reason: 'Role Conflict' };
      return this.#send(path, serializeCheckError(transactionId, error, key));
    }
    this.counters.count('check-answered');
    this.#send(path, serializeCheckSuccess(transactionId, remote, key));
    this.handleActivity(path, now);
  }

  #handleSuccess(pair: CandidatePair, now: MonotonicMs): void {
    const wasValidated = pair.isValidated;
    pair.succeed(now);
    if (!wasValidated) this.#outputs.push({ type: 'validated', path: pair.path });
    if (pair.isNominating) return this.#select(pair, now);
    if (pair.path === this.#selected) {
      this.#consentAt = now;
      this.#hear(now);
    }
    this.#nominateNext(now);
  }

  #select(pair: CandidatePair, now: MonotonicMs): void {
    pair.isNominating = false;
    this.#isSettled = true;
    this.#consentAt = now;
    this.#heardAt = now;
    if (this.#consentCheckAt === never) this.#consentCheckAt = after(now, consentInterval);
    if (this.#selected !== pair.path) {
      this.#selected = pair.path;
      this.#outputs.push({ type: 'selected', path: pair.path });
    }
    for (const path of this.#former.keys()) this.#outputs.push({ type: 'forgotten', path });
    this.#former.clear();
    this.#setState('connected');
  }

  /** Every other path that worked before is checked again; the first that answers is nominated, perhaps the selected one anew. */
  #seekAnother(now: MonotonicMs): void {
    this.#isSettled = false;
    for (const pair of this.#pairs.values()) {
      if (!pair.isValidated) continue;
      pair.state = pair.path === this.#selected ? 'in-progress' : 'waiting';
      if (pair.state === 'waiting') this.#nextCheckAt = now;
    }
  }

  /** Nominates the first pair that works, unless one is selected or about to be. */
  #nominateNext(now: MonotonicMs): void {
    if (this.#isSettled || this.#isNominationPending()) return;
    const pair = [...this.#pairs.values()].find(({ state }) => state === 'succeeded');
    if (pair !== undefined) this.#startCheck(pair, true, now);
  }

  #isNominationPending(): boolean {
    return [...this.#pairs.values()].some((pair) => pair.isNominating);
  }

  #checkNext(now: MonotonicMs): void {
    let next: CandidatePair | undefined;
    for (const pair of this.#pairs.values())
      if (pair.state === 'waiting' && (next === undefined || pair.priority > next.priority)) next = pair;
    this.#nextCheckAt = next === undefined ? never : after(now, pace);
    if (next === undefined) return;
    next.state = 'in-progress';
    this.#startCheck(next, false, now);
  }

  #startCheck(pair: CandidatePair, isNominating: boolean, now: MonotonicMs): void {
    pair.startCheck(this.#random(12), isNominating, now);
    this.#sendCheck(pair);
  }

  #repeatCheck(pair: CandidatePair, now: MonotonicMs): void {
    if (pair.repeatCheck(now)) this.#sendCheck(pair);
    else this.#fail(pair, now);
  }

  #sendCheck(pair: CandidatePair): void {
    const bytes = serializeCheck({
      transactionId: pair.transactionId,
      username: `${this.#remote.ufrag}:${this.#local.ufrag}`,
      key: passwordKey(this.#remote.pwd),
      priority: candidatePriority('prflx', 65_535, 1),
      isControlling: true,
      tieBreaker: this.#tieBreaker,
      useCandidate: pair.isNominating,
    });
    this.#send(pair.path, bytes);
  }

  #send(path: PathHandle, bytes: Uint8Array): void {
    if (this.#outputs.length < sendsMax) this.#outputs.push({ type: 'send', path, bytes });
  }

  /** A path that never worked is let go; one that did may work again. */
  #fail(pair: CandidatePair, now: MonotonicMs): void {
    pair.fail();
    if (!pair.isValidated) {
      this.#pairs.delete(pair.path);
      this.#outputs.push({ type: 'forgotten', path: pair.path });
    }
    this.#nominateNext(now);
    this.#judge(now);
  }

  #isHopeless(): boolean {
    return this.#selected === undefined && [...this.#pairs.values()].every(({ state }) => state === 'failed');
  }

  /** Fails for good when consent is over, or when nothing worked and nothing is waited for any more. */
  #judge(now: MonotonicMs): void {
    const hasLostConsent = after(this.#consentAt, consentLifetime) <= now;
    const hasGivenUp = this.#state === 'checking' && this.#isHopeless() && this.#patienceEndsAt <= now;
    if (!hasLostConsent && !hasGivenUp) return;
    for (const path of [...this.#pairs.keys(), ...this.#former.keys()]) this.#outputs.push({ type: 'forgotten', path });
    this.#pairs.clear();
    this.#former.clear();
    this.#selected = undefined;
    this.#isSettled = false;
    this.#consentAt = never;
    this.#consentCheckAt = never;
    this.#setState('failed');
  }

  #hear(now: MonotonicMs): void {
    this.#heardAt = now;
    if (this.#state === 'disconnected' && this.#selected !== undefined) this.#setState('connected');
  }

  #setState(state: IceState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#outputs.push({ type: 'state', state });
  }
}
