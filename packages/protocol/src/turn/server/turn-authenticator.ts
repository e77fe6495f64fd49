import type { MonotonicMs, RandomBytes, TransportAddress, WallClockMs } from '@rivero/core';
import {
  type AttributeToSend,
  attributeType,
  checkIntegrity,
  findAttribute,
  type IntegrityAlgorithm,
  type StunMessage,
} from '../../stun/index.ts';
import type { PasswordAlgorithm } from '../long-term-credentials.ts';
import { Nonces } from './nonces.ts';
import { SourceLimiter } from './source-limiter.ts';
import type { TurnAccount, TurnAccounts } from './turn-accounts.ts';
import type { TurnServerLimits } from './turn-server-limits.ts';

/** Who a request is from, proved. */
export interface Authenticated {
  readonly account: TurnAccount;
  /** What answers are protected with. */
  readonly integrity: { readonly key: Uint8Array; readonly algorithm: IntegrityAlgorithm };
}

/** 400: not as the RFC says; 401: unknown or wrong; 438: right once, or never. */
export type AuthenticationRefusal = 400 | 401 | 438;

/** SHA-256 and MD5, each without parameters (RFC 8489 section 14.11): what PASSWORD-ALGORITHMS of ours says. */
const passwordAlgorithms = Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0);

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The server's side of the long-term credential mechanism (RFC 8489 section 9.2.4), without state that grows. */
export class TurnAuthenticator {
  readonly #accounts: TurnAccounts;
  readonly #nonces: Nonces;
  readonly #realm: Uint8Array;
  readonly #guesses: SourceLimiter;

  constructor(accounts: TurnAccounts, { nonceLifetime, guesses }: TurnServerLimits, random: RandomBytes) {
    this.#accounts = accounts;
    this.#nonces = new Nonces(random, nonceLifetime);
    this.#guesses = new SourceLimiter(guesses, random);
    this.#realm = encoder.encode(accounts.realm);
  }

  /** `known`: whom the allocation belongs to, and who need not be looked up while the name is good. */
  authenticate(
    message: StunMessage,
    ip: string,
    { now, wall, known }: { readonly now: MonotonicMs; readonly wall: WallClockMs; readonly known?: TurnAccount },
  ): Authenticated | AuthenticationRefusal {
    const value = (type: number): Uint8Array | undefined => findAttribute(message, type)?.value;
    const hasSha256 = value(attributeType.messageIntegritySha256) !== undefined;
    if (!hasSha256 && value(attributeType.messageIntegrity) === undefined) return 401;
    const username = value(attributeType.username);
    const userhash = value(attributeType.userhash);
    const realm = value(attributeType.realm);
    const nonce = value(attributeType.nonce);
    if ((username === undefined && userhash === undefined) || realm === undefined || nonce === undefined) return 400;
    // First, as another server's nonce may have come with other algorithms than ours.
    if (!this.#nonces.isValid(nonce, ip, now)) return 438;
    const picked = value(attributeType.passwordAlgorithm);
    const algorithm = passwordAlgorithm(picked, value(attributeType.passwordAlgorithms));
    if (algorithm === undefined) return 400;
    if (!areEqual(realm, this.#realm)) return 401;
    const name = username && decoder.decode(username);
    const isKnown = known !== undefined && known.username === name && (known.expiresAt ?? Infinity) > wall;
    // Behind the nonce, so that nobody can use up what another source has.
    if (!isKnown && !this.#guesses.has(ip, now)) return 401;
    const account = isKnown ? known : this.#find(name, userhash, wall);
    const keys = account === undefined ? [] : this.#accounts.keys(account, algorithm);
    const key = keys.find((each) => checkIntegrity(message, each) === 'right');
    if (account === undefined || key === undefined) {
      this.#guesses.take(ip, now);
      return 401;
    }
    // Who picks an algorithm gets SHA-256, whatever his own integrity is (RFC 8489 section 9.2.4).
    return { account, integrity: { key, algorithm: hasSha256 || picked !== undefined ? 'sha256' : 'sha1' } };
  }

  /** What a 401 or 438 says besides. */
  challenge(source: TransportAddress, now: MonotonicMs): readonly AttributeToSend[] {
    return [
      { type: attributeType.realm, value: this.#realm },
      { type: attributeType.nonce, value: this.#nonces.issue(source, now) },
      { type: attributeType.passwordAlgorithms, value: passwordAlgorithms },
    ];
  }

  #find(name: string | undefined, hash: Uint8Array | undefined, wall: WallClockMs): TurnAccount | undefined {
    if (name !== undefined) return this.#accounts.find(name, wall);
    return hash && this.#accounts.findByHash(hash);
  }
}

/** What the client picked; `undefined`: out of nothing or of another list than ours, so that somebody may have changed it. */
function passwordAlgorithm(
  picked: Uint8Array | undefined,
  list: Uint8Array | undefined,
): PasswordAlgorithm | undefined {
  if (picked === undefined && list === undefined) return 'md5';
  if (picked === undefined || list === undefined || !areEqual(list, passwordAlgorithms)) return undefined;
  if (areEqual(picked, passwordAlgorithms.subarray(0, 4))) return 'sha256';
  return areEqual(picked, passwordAlgorithms.subarray(4)) ? 'md5' : undefined;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
