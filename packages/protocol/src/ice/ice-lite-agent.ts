import {
  after,
  Counters,
  earliest,
  milliseconds,
  type MonotonicMs,
  never,
  type PathHandle,
  type TransportAddress,
} from '@rivero/core';
import {
  attributeType,
  checkIntegrity,
  findAttribute,
  parseStunMessage,
  type StunMessage,
  unknownRequiredAttributes,
} from '../stun/index.ts';
import { passwordKey, readUsername, serializeCheckError, serializeCheckSuccess } from './binding-message.ts';
import { type IceAgent, iceCounters, type IceOutput, type IceState } from './ice-agent.ts';
import type { IceCredentials } from './ice-credentials.ts';
import { TransactionWindow } from './transaction-window.ts';

/** Consent to send by a path lasts that long after the last check by it (RFC 7675 section 5.1). */
const consentLifetime = milliseconds(30_000);

/** Browsers check about every 2.5 to 5 s and send media more often: silence of this length is no accident. */
const silenceMax = milliseconds(10_000);

/** Validated paths of one session: two networks with IPv4, IPv6, UDP and TCP each, and as much again. */
export const pathsMax = 16;

/** Outputs that nobody fetched; a driver that fetches after each input never comes near. */
const outputsMax = 64;

/** Our side under one set of credentials. */
interface LocalSide {
  readonly credentials: IceCredentials;
  readonly key: Uint8Array;
  readonly transactions: TransactionWindow;
}

interface ValidatedPath {
  readonly path: PathHandle;
  checkedAt: MonotonicMs;
  /** When a check or authentic media last came by it. */
  heardAt: MonotonicMs;
  /** The peer has nominated it before, and so it may be fallen back on. */
  isNominated: boolean;
}

/**
 * One session's ICE-lite side (RFC 8445 section 2.5): always controlled, never checks, answers checks with the right
 * integrity and follows the peer's nomination, the first and every later one.
 *
 * Checks with wrong credentials are dropped and counted, not answered: an answer would tell a stranger that a session
 * is here, and RFC 8489 section 9.1.3 allows silence.
 */
export class IceLiteAgent implements IceAgent {
  /** It sends no checks. */
  readonly roundTripTime = undefined;
  readonly counters = new Counters(iceCounters);
  #local: LocalSide;
  /** That before a restart: checks for it are answered until the new credentials are used. */
  #previousLocal: LocalSide | undefined;
  #remote: IceCredentials | undefined;
  readonly #paths = new Map<PathHandle, ValidatedPath>();
  #selected: PathHandle | undefined;
  #state: IceState = 'new';
  #heardAt: MonotonicMs | undefined;
  /** The latest check by any path, or the restart that the peer asked for: how long a selection is waited for. */
  #askedAt: MonotonicMs | undefined;
  #restartedAt: MonotonicMs | undefined;
  readonly #outputs: IceOutput[] = [];

  constructor(local: IceCredentials) {
    this.#local = localSide(local);
  }

  get state(): IceState {
    return this.#state;
  }

  get selectedPath(): PathHandle | undefined {
    return this.#selected;
  }

  get localCredentials(): IceCredentials {
    return this.#local.credentials;
  }

  /** The peer's credentials from its description; checks from another ufrag are refused from now on. */
  setRemoteCredentials(remote: IceCredentials): void {
    this.#remote = remote;
  }

  /**
   * An ICE restart (RFC 8445 section 2.4): the selected path keeps carrying media until a new nomination or the end of its
   * consent, and the peer has 30 s for the nomination. After a failure no path is left to keep, and old credentials are not.
   */
  restart(local: IceCredentials, remote: IceCredentials, now: MonotonicMs): void {
    const hasFailed = this.#state === 'failed';
    this.#previousLocal = hasFailed ? undefined : this.#local;
    this.#local = localSide(local);
    this.#remote = remote;
    if (this.#state === 'new') return;
    this.#heardAt = now;
    this.#askedAt = now;
    this.#restartedAt = now;
    if (hasFailed) this.#setState('checking');
  }

  /** Every path by which a check with the right integrity came. */
  validatedPaths(): Iterable<PathHandle> {
    return this.#paths.keys();
  }

  isValidated(path: PathHandle): boolean {
    return this.#paths.has(path);
  }

  /** One STUN datagram that came by `path` from `remote`. */
  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string' || message.method !== 'binding') return this.counters.count('defective');
    if (message.class !== 'request') return this.counters.count('not-a-request');
    const local = this.#authenticate(message);
    if (local === undefined) return;
    const { key } = local;
    // The consent is lost with these credentials; only a restart brings another (RFC 7675 section 5.1).
    if (this.#state === 'failed') return this.counters.count('after-failure');
    const { transactionId } = message;
    const nominates = findAttribute(message, attributeType.useCandidate) !== undefined;
    if (local.transactions.isReplay(transactionId, path, nominates)) return this.counters.count('replayed');
    const unknown = unknownRequiredAttributes(message);
    if (unknown.length > 0) {
      this.counters.count('unknown-attribute');
      const error = { code: 420, reason: 'Unknown Attribute' };
      return this.#send(path, serializeCheckError(transactionId, error, key, unknown));
    }
    if (findAttribute(message, attributeType.iceControlled) !== undefined) {
      this.counters.count('role-conflict');
      return this.#send(path, serializeCheckError(transactionId, { code: 487, reason: 'Role Conflict' }, key));
    }
    this.counters.count('check-answered');
    this.#send(path, serializeCheckSuccess(transactionId, remote, key));
    const validated = this.#validate(path, now);
    this.#askedAt = now;
    if (nominates) {
      validated.isNominated = true;
      this.#select(path);
    }
    this.#heard(now);
  }

  /** True when the peer checked by this path or sent authentic media by it within the last 10 s. */
  isActive(path: PathHandle, now: MonotonicMs): boolean {
    const validated = this.#paths.get(path);
    return validated !== undefined && after(validated.heardAt, silenceMax) > now;
  }

  /** Something else that only the peer can have sent came by this path, such as SRTP that authenticated. */
  handleActivity(path: PathHandle, now: MonotonicMs): void {
    const validated = this.#paths.get(path);
    if (validated !== undefined) validated.heardAt = now;
    if (this.#state === 'connected' || this.#state === 'disconnected') this.#heard(now);
  }

  /**
   * The path is no more, for example because its TCP connection closed. When it was the selected one, the nominated one
   * that was checked last takes over; without one the peer is away until it nominates again.
   */
  handlePathClosed(path: PathHandle, now: MonotonicMs): void {
    const wasSelected = this.#selected === path;
    this.#forget(path);
    if (!wasSelected) return;
    const other = this.#latestNominated(now);
    if (other !== undefined) this.#select(other);
    else if (this.#state === 'connected') this.#setState('disconnected');
  }

  handleTimeout(now: MonotonicMs): void {
    if (this.#state === 'failed' || this.#heardAt === undefined || this.#askedAt === undefined) return;
    if (this.#consentEndsAt(this.#askedAt) <= now) {
      this.#endConsent(now);
    } else if (this.#state === 'connected' && after(this.#heardAt, silenceMax) <= now) {
      this.#setState('disconnected');
    }
  }

  deadline(): MonotonicMs {
    if (this.#state === 'failed' || this.#heardAt === undefined || this.#askedAt === undefined) return never;
    const endsAt = this.#consentEndsAt(this.#askedAt);
    return this.#state === 'connected' ? earliest(endsAt, after(this.#heardAt, silenceMax)) : endsAt;
  }

  pollOutput(): IceOutput | undefined {
    return this.#outputs.shift();
  }

  /** Our side that the check is for, when username and integrity are right. */
  #authenticate(message: StunMessage): LocalSide | undefined {
    const username = readUsername(message);
    const isPrevious = username !== undefined && username.receiver === this.#previousLocal?.credentials.ufrag;
    const isCurrent = username !== undefined && username.receiver === this.#local.credentials.ufrag;
    const isFromPeer = isPrevious || this.#remote === undefined || username?.sender === this.#remote.ufrag;
    if (!(isCurrent || isPrevious) || !isFromPeer) {
      this.counters.count('bad-username');
      return undefined;
    }
    const local = isPrevious && this.#previousLocal ? this.#previousLocal : this.#local;
    if (checkIntegrity(message, local.key) !== 'right') {
      this.counters.count('bad-integrity');
      return undefined;
    }
    if (isCurrent && this.#remote !== undefined) this.#previousLocal = undefined;
    return local;
  }

  /** Consent is the selected path's own: whoever checks by another path says nothing for this one. */
  #consentEndsAt(askedAt: MonotonicMs): MonotonicMs {
    const selected = this.#selected === undefined ? undefined : this.#paths.get(this.#selected);
    return after(selected?.checkedAt ?? askedAt, consentLifetime);
  }

  #forget(path: PathHandle): void {
    if (!this.#paths.delete(path)) return;
    this.#output({ type: 'forgotten', path });
    if (this.#selected === path) this.#selected = undefined;
  }

  /** Falls back on a path that the peer nominated and still checks, waits when it has just restarted, or fails. */
  #endConsent(now: MonotonicMs): void {
    const lost = this.#selected;
    if (lost !== undefined) {
      this.#forget(lost);
      const other = this.#latestNominated(now);
      if (other !== undefined) return this.#select(other);
      const isRestarting = this.#restartedAt !== undefined && after(this.#restartedAt, consentLifetime) > now;
      if (isRestarting) return this.#setState('disconnected');
    }
    for (const path of this.#paths.keys()) this.#forget(path);
    this.#setState('failed');
  }

  #latestNominated(now: MonotonicMs): PathHandle | undefined {
    let latest: ValidatedPath | undefined;
    for (const candidate of this.#paths.values()) {
      if (!candidate.isNominated || after(candidate.checkedAt, consentLifetime) <= now) continue;
      if (latest === undefined || candidate.checkedAt > latest.checkedAt) latest = candidate;
    }
    return latest?.path;
  }

  #validate(path: PathHandle, now: MonotonicMs): ValidatedPath {
    const known = this.#paths.get(path);
    if (known !== undefined) {
      known.checkedAt = now;
      known.heardAt = now;
      return known;
    }
    if (this.#paths.size >= pathsMax) this.#evictOldest();
    const validated = { path, checkedAt: now, heardAt: now, isNominated: false };
    this.#paths.set(path, validated);
    this.#output({ type: 'validated', path });
    return validated;
  }

  #evictOldest(): void {
    let oldest: ValidatedPath | undefined;
    for (const candidate of this.#paths.values()) {
      if (candidate.path === this.#selected) continue;
      if (oldest === undefined || candidate.checkedAt < oldest.checkedAt) oldest = candidate;
    }
    if (oldest !== undefined) this.#forget(oldest.path);
  }

  #select(path: PathHandle): void {
    if (this.#selected === path) return;
    this.#selected = path;
    this.#output({ type: 'selected', path });
  }

  #heard(now: MonotonicMs): void {
    this.#heardAt = now;
    if (this.#selected !== undefined) this.#setState('connected');
    else if (this.#state === 'new') this.#setState('checking');
  }

  #setState(state: IceState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#output({ type: 'state', state });
  }

  #send(path: PathHandle, bytes: Uint8Array): void {
    this.#output({ type: 'send', path, bytes });
  }

  #output(output: IceOutput): void {
    if (this.#outputs.length < outputsMax) this.#outputs.push(output);
  }
}

function localSide(credentials: IceCredentials): LocalSide {
  return { credentials, key: passwordKey(credentials.pwd), transactions: new TransactionWindow() };
}
