import { iceErrorReason, type IceErrorReason } from '../help/ice-error.ts';
import type { GatheredCandidate } from './gathered-candidate.ts';
import type { IceUrl } from '../help/ice-url.ts';
import { isPrivateAddress } from './is-private-address.ts';
import type { Probe, SeenCandidate, SeenError } from './probe.ts';

/** What can be said of one server. */
export type Verdict =
  /** `isSlow`: an answer should have come by now. */
  | { readonly type: 'waiting'; readonly isSlow: boolean }
  | { readonly type: 'stopped' }
  /** It works as TURN: packets can be relayed. `publicAddress`: what it tells as STUN. */
  | {
      readonly type: 'relays';
      readonly afterMs: number;
      readonly address: string;
      readonly publicAddress: string | undefined;
      /** Others do not reach the relay, although we reach the server: it does not know its address from outside. */
      readonly isHiddenRelay: boolean;
    }
  /** It works as STUN, and there is a NAT. */
  | { readonly type: 'reflects'; readonly afterMs: number; readonly address: string }
  /** It works as STUN, and sees the address that this device has itself. */
  | { readonly type: 'no-nat' }
  /** STUN servers are not asked for a relay. */
  | { readonly type: 'not-for-relays' }
  | {
      readonly type: 'failed';
      readonly reason: IceErrorReason;
      readonly error: SeenError;
      /** Of a time-limited name that is over, since 1970. */
      readonly endedAtSeconds: number | undefined;
    }
  /** It was not done within our patience, and said nothing. */
  | { readonly type: 'no-end' }
  /** This device shows no address to ask from. */
  | { readonly type: 'no-address' }
  /** This device has no address of the server's family. */
  | { readonly type: 'no-family'; readonly family: 'ipv4' | 'ipv6' }
  /** Firefox asks no TURN server over TLS by an IP address, and does not say so. */
  | { readonly type: 'name-needed' }
  /** The browser was done at once, without a word: it did not ask. */
  | { readonly type: 'unasked' }
  /** Nothing came, and this browser never says why. */
  | { readonly type: 'untold' }
  | { readonly type: 'refused-by-browser'; readonly message: string };

/** How good it is, for a sign before the words. */
export type VerdictGrade = 'waiting' | 'good' | 'bad' | 'unsure';

export interface VerdictCircumstances {
  readonly nowMs: number;
  /** Seconds since 1970, for names that have a time in them. */
  readonly nowSeconds: number;
  /** The browser has `icecandidateerror`. */
  readonly isTellingErrors: boolean;
}

/** Servers near and far answer sooner; later it is most likely the network that keeps packets back. */
const slowMs = 3_000;

/** Not reached, by any of its names. */
const notReached: ReadonlySet<IceErrorReason> = new Set([
  'no-answer',
  'name-unknown',
  'connection-failed',
  'tls-failed',
  'other-interface',
  'not-reached',
]);

export function judge(probe: Probe, circumstances: VerdictCircumstances): Verdict {
  const { url, end, isRelayOnly, candidates } = probe;
  if (end?.type === 'refused') return { type: 'refused-by-browser', message: end.message };
  const success = url.scheme === 'stun' ? judgeReflexive(probe) : judgeRelay(probe);
  if (success !== undefined) return success;
  if (end === undefined) return { type: 'waiting', isSlow: circumstances.nowMs > slowMs };
  if (url.scheme === 'stun' && isRelayOnly) return { type: 'not-for-relays' };
  if (url.scheme === 'stun' && end.type === 'complete' && circumstances.isTellingErrors && isAnsweredWithOwn(probe)) {
    return { type: 'no-nat' };
  }
  const error = worstError(probe.errors);
  const isFinal = end.type !== 'stopped' || (error !== undefined && !notReached.has(iceErrorReason(error)));
  if (error !== undefined && isFinal) return judgeError(probe, error, circumstances.nowSeconds);
  switch (end.type) {
    case 'stopped':
      return { type: 'stopped' };
    case 'expired':
      return candidates.length === 0 && !isRelayOnly ? { type: 'no-address' } : { type: 'no-end' };
    case 'complete':
      return judgeSilence(probe, circumstances.isTellingErrors);
  }
}

export function gradeOf({ type }: Verdict): VerdictGrade {
  switch (type) {
    case 'relays':
    case 'reflects':
    case 'no-nat':
      return 'good';
    case 'waiting':
      return 'waiting';
    case 'stopped':
    case 'not-for-relays':
    case 'untold':
    case 'name-needed':
      return 'unsure';
    case 'failed':
    case 'no-end':
    case 'no-address':
    case 'no-family':
    case 'unasked':
    case 'refused-by-browser':
      return 'bad';
  }
}

function find(probe: Probe, type: GatheredCandidate['type']): SeenCandidate | undefined {
  return probe.candidates.find(({ candidate }) => candidate.type === type);
}

function judgeRelay(probe: Probe): Verdict | undefined {
  const relay = find(probe, 'relay');
  if (relay === undefined) return undefined;
  const { address } = relay.candidate;
  const publicAddress = find(probe, 'srflx')?.candidate.address;
  const isHiddenRelay = isPrivateAddress(address) && !isPrivateAddress(probe.url.host);
  return { type: 'relays', afterMs: relay.atMs, address, publicAddress, isHiddenRelay };
}

function judgeReflexive(probe: Probe): Verdict | undefined {
  const reflexive = find(probe, 'srflx');
  if (reflexive === undefined) return undefined;
  return { type: 'reflects', afterMs: reflexive.atMs, address: reflexive.candidate.address };
}

/**
 * Browsers keep an address to themselves that is the same as the device's own, unless they hide that. That it was answered
 * is known by there being no error of its port.
 */
function isAnsweredWithOwn({ url, candidates, errors }: Probe): boolean {
  const failed = new Set(errors.map(({ port }) => port));
  return candidates.some(
    ({ candidate }) =>
      isAskingStun(candidate) && !candidate.isHidden && isReaching(candidate, url) && !failed.has(candidate.port),
  );
}

function isAskingStun({ type, protocol }: GatheredCandidate): boolean {
  return type === 'host' && protocol === 'udp';
}

/** Of the same family as the server, as far as one knows. */
function isReaching({ address, isHidden }: GatheredCandidate, { hostKind }: IceUrl): boolean {
  return isHidden || hostKind === 'name' || (hostKind === 'ipv6') === address.includes(':');
}

/** What a server answered says more than that some address did not reach it; and that more than another interface's. */
function worstError(errors: readonly SeenError[]): SeenError | undefined {
  const reasons = errors.map((error) => ({ error, reason: iceErrorReason(error) }));
  const answered = reasons.find(({ reason }) => !notReached.has(reason));
  const own = reasons.find(({ reason }) => reason !== 'other-interface' && reason !== 'name-unknown');
  const chosen = answered ?? own ?? reasons.find(({ reason }) => reason !== 'other-interface') ?? reasons[0];
  return chosen?.error;
}

function judgeError({ username }: Probe, error: SeenError, nowSeconds: number): Verdict {
  const reason = iceErrorReason(error);
  const endedAtSeconds = reason === 'unauthorized' ? endOf(username, nowSeconds) : undefined;
  return { type: 'failed', reason, error, endedAtSeconds };
}

/** When it ended, if it has. Time-limited names begin with their last second since 1970: `1700000000:ann`. */
function endOf(username: string, nowSeconds: number): number | undefined {
  const [, text] = /^(\d{9,11})(?::|$)/.exec(username) ?? [];
  const seconds = Number(text);
  return seconds < nowSeconds ? seconds : undefined;
}

function judgeSilence({ url, candidates, isRelayOnly }: Probe, isTellingErrors: boolean): Verdict {
  if (url.transport === 'tls' && url.hostKind !== 'name') return { type: 'name-needed' };
  const own = candidates.map(({ candidate }) => candidate).filter(({ type }) => type === 'host');
  const asking = url.transport === 'udp' ? own.filter(isAskingStun) : own;
  if (asking.length === 0) return isRelayOnly ? { type: 'unasked' } : { type: 'no-address' };
  if (url.hostKind !== 'name' && !asking.some((candidate) => isReaching(candidate, url))) {
    return { type: 'no-family', family: url.hostKind };
  }
  return isTellingErrors ? { type: 'unasked' } : { type: 'untold' };
}
