import { createHash, createHmac } from 'node:crypto';
import { type WallClockMs, wallClockMs } from '@rivero/core';
import { type LongTermUser, longTermKey, type PasswordAlgorithm } from '../long-term-credentials.ts';

export interface TurnAccountsOptions {
  readonly realm: string;
  readonly users: readonly LongTermUser[];
  /** Each is good for time-limited credentials; several while one replaces another. */
  readonly secrets: readonly string[];
}

/** Somebody who may be who the username says; the key tells. */
export interface TurnAccount {
  readonly username: string;
  /** Who it is, for quotas: time-limited names of the same person are one. */
  readonly identity: string;
  /** More than one when there are several secrets. */
  readonly passwords: readonly string[];
  /** From then on the name is nobody's; left out: never, as for users of the configuration. */
  readonly expiresAt?: WallClockMs;
}

/** Bytes of USERNAME are fewer (RFC 8489 section 14.3). */
const usernameLengthMax = 509;

/** `expiry` or `expiry:name`, in seconds since 1970. */
const timeLimited = /^(\d{1,12})(?::(.*))?$/s;

/** The password of a time-limited username, as the TURN REST scheme has it: an HMAC-SHA1 in base64. */
export function timeLimitedPassword(secret: string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}

/** Credentials that last until `expiresAt`, whole seconds. */
export function timeLimitedUser(secret: string, name: string, expiresAt: WallClockMs): LongTermUser {
  const username = `${Math.floor(expiresAt / 1_000)}:${name}`;
  return { username, password: timeLimitedPassword(secret, username) };
}

/** Who is known: users of the configuration, and whoever has a name that a shared secret signed. */
export class TurnAccounts {
  readonly realm: string;
  readonly #byName = new Map<string, TurnAccount>();
  readonly #byHash = new Map<string, TurnAccount>();
  readonly #secrets: readonly string[];

  constructor({ realm, users, secrets }: TurnAccountsOptions) {
    this.realm = realm;
    this.#secrets = secrets;
    for (const { username, password } of users) {
      const account = { username, identity: username, passwords: [password] };
      this.#byName.set(username, account);
      this.#byHash.set(createHash('sha256').update(`${username}:${realm}`).digest('hex'), account);
    }
  }

  find(username: string, wall: WallClockMs): TurnAccount | undefined {
    const known = this.#byName.get(username);
    if (known !== undefined || this.#secrets.length === 0) return known;
    const match = timeLimited.exec(username);
    if (match === null || Buffer.byteLength(username) >= usernameLengthMax) return undefined;
    const [, expiry, name = ''] = match;
    const expiresAt = wallClockMs(Number(expiry) * 1_000);
    if (expiresAt <= wall) return undefined;
    const passwords = this.#secrets.map((secret) => timeLimitedPassword(secret, username));
    // Users of the configuration have no colon.
    const identity = this.#byName.has(name) ? `:${name}` : name;
    return { username, identity: name === '' ? username : identity, passwords, expiresAt };
  }

  /** USERHASH (RFC 8489 section 14.4): only names that are known beforehand are found by it. */
  findByHash(hash: Uint8Array): TurnAccount | undefined {
    return this.#byHash.get(Buffer.from(hash).toString('hex'));
  }

  /** What may be the key of an account. */
  keys({ username, passwords }: TurnAccount, algorithm: PasswordAlgorithm): readonly Uint8Array[] {
    return passwords.map((password) => longTermKey({ username, password }, this.realm, algorithm));
  }
}
