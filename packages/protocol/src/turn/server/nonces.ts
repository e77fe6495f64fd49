import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type Milliseconds, type MonotonicMs, type RandomBytes, type TransportAddress } from '@rivero/core';

/**
 * The cookie, and bit 0 of the features, the first of 24: password algorithms (RFC 8489 sections 9.2 and 18.1). Bit 1,
 * username anonymity, would oblige clients to send USERHASH, by which nobody can be found who has a time-limited name.
 */
const securityFeatures = 'obMatJos2gAAA';

/** Hexadecimal digits of the seconds at which a nonce was given. */
const timeLength = 8;

/** Digits of the port, so that no two sources share a nonce (RFC 8489 section 9.2.4). */
const portLength = 3;

/** Bytes of the HMAC that are told. */
const proofLength = 12;

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

/**
 * Nonces that need no memory: each tells when and to which port it was given, and proves it for one IP address. It is good
 * from any port there, as the connections of one client take each other's (RFC 6062).
 */
export class Nonces {
  readonly #secret: KeyObject;
  readonly #lifetime: Milliseconds;

  constructor(random: RandomBytes, lifetime: Milliseconds) {
    this.#secret = createSecretKey(random(32));
    this.#lifetime = lifetime;
  }

  issue({ ip, port }: TransportAddress, now: MonotonicMs): Uint8Array {
    const time = Math.floor(now / 1_000)
      .toString(16)
      .padStart(timeLength, '0');
    const digits = Buffer.of(port >> 8, port & 0xff)
      .toString('base64')
      .slice(0, portLength);
    const told = `${time}${digits}`;
    return encoder.encode(`${securityFeatures}${told}${this.#proof(told, ip)}`);
  }

  /** False for one that is too old, another source's, or nobody's. */
  isValid(nonce: Uint8Array, ip: string, now: MonotonicMs): boolean {
    const head = securityFeatures.length + timeLength + portLength;
    if (nonce.length !== head + (proofLength * 4) / 3) return false;
    const text = decoder.decode(nonce);
    const told = text.slice(securityFeatures.length, head);
    const issuedAt = Number.parseInt(told.slice(0, timeLength), 16) * 1_000;
    const isRecent = now >= issuedAt && now - issuedAt < this.#lifetime;
    const isOurs = timingSafeEqual(encoder.encode(this.#proof(told, ip)), nonce.subarray(head));
    return isRecent && isOurs && text.startsWith(securityFeatures);
  }

  #proof(told: string, ip: string): string {
    return createHmac('sha256', this.#secret)
      .update(`${told}/${ip}`)
      .digest()
      .subarray(0, proofLength)
      .toString('base64');
  }
}
