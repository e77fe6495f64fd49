import { createHash } from 'node:crypto';
import {
  type AttributeToSend,
  attributeType,
  checkIntegrity,
  findAttribute,
  type IntegrityResult,
  type StunMessage,
} from '../stun/index.ts';

/** Who asks a TURN server. */
export interface LongTermUser {
  readonly username: string;
  readonly password: string;
}

/** Bytes of a realm or a nonce; servers keep to 763 (RFC 8489 sections 14.9 and 14.10). */
export const challengeLengthMax = 763;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** How a password becomes a key (RFC 8489 section 18.5). */
export type PasswordAlgorithm = 'md5' | 'sha256';

/** The hash of user, realm and password (RFC 8489 section 9.2.2): MD5 is what a server takes from clients that name no algorithm. */
export function longTermKey(
  { username, password }: LongTermUser,
  realm: string,
  algorithm: PasswordAlgorithm = 'md5',
): Uint8Array {
  const text = `${username}:${opaqueString(realm)}:${opaqueString(password)}`;
  return new Uint8Array(createHash(algorithm).update(text).digest());
}

/** The mapping of OpaqueString (RFC 8265 section 4.2.2): one kind of space, and composed characters. */
function opaqueString(text: string): string {
  return text.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** The long-term credentials of a client (RFC 8489 section 9.2): what the server's last challenge wants in each request. */
export class LongTermCredentials {
  readonly #user: LongTermUser;
  #realm: string | undefined;
  #nonce: Uint8Array = new Uint8Array(0);
  #key: Uint8Array | undefined;

  constructor(user: LongTermUser) {
    this.#user = user;
  }

  /** `undefined`: not challenged yet, so that requests go without. */
  get integrity(): { readonly key: Uint8Array; readonly algorithm: 'sha1' } | undefined {
    return this.#key && { key: this.#key, algorithm: 'sha1' };
  }

  get attributes(): readonly AttributeToSend[] {
    if (this.#realm === undefined) return [];
    return [
      { type: attributeType.username, value: encoder.encode(this.#user.username) },
      { type: attributeType.realm, value: encoder.encode(this.#realm) },
      { type: attributeType.nonce, value: this.#nonce },
    ];
  }

  /** Takes the realm and nonce of a 401 or 438; false when it has none that can be used. */
  handleChallenge(message: StunMessage): boolean {
    const realm = findAttribute(message, attributeType.realm)?.value;
    const nonce = findAttribute(message, attributeType.nonce)?.value;
    if (nonce === undefined || nonce.length === 0 || nonce.length > challengeLengthMax) return false;
    if (realm !== undefined && realm.length > challengeLengthMax) return false;
    const told = realm === undefined ? this.#realm : decoder.decode(realm);
    if (told === undefined) return false;
    // The message is a view that is gone after this call.
    this.#nonce = Uint8Array.from(nonce);
    if (told !== this.#realm) this.#key = longTermKey(this.#user, told);
    this.#realm = told;
    return true;
  }

  check(message: StunMessage): IntegrityResult {
    return this.#key === undefined ? 'missing' : checkIntegrity(message, this.#key);
  }
}
