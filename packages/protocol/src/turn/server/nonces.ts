import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Milliseconds, type MonotonicMs, type RandomBytes } from '@rivero/core';

/** The cookie, and bits 0 (password algorithms) and 1 (username anonymity) of the features (RFC 8489 sections 9.2 and 18.1). */
const securityFeatures = 'obMatJos2AAAD';

/** Hexadecimal digits of the seconds at which a nonce was given. */
const timeLength = 8;

/** Bytes of the HMAC that are told. */
const proofLength = 12;

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

/**
 * Nonces that need no memory: each tells when it was given and proves it for one source. A source is an IP address without
 * its port, as the connections of one client take each other's (RFC 6062).
 */
export class Nonces {
  readonly #secret: Uint8Array;
  readonly #lifetime: Milliseconds;

  constructor(random: RandomBytes, lifetime: Milliseconds) {
    this.#secret = random(32);
    this.#lifetime = lifetime;
  }

  issue(ip: string, now: MonotonicMs): Uint8Array {
    const time = Math.floor(now / 1_000)
      .toString(16)
      .padStart(timeLength, '0');
    return encoder.encode(`${securityFeatures}${time}${this.#proof(time, ip)}`);
  }

  /** False for one that is too old, another source's, or nobody's. */
  isValid(nonce: Uint8Array, ip: string, now: MonotonicMs): boolean {
    const head = securityFeatures.length + timeLength;
    if (nonce.length !== head + (proofLength * 4) / 3) return false;
    const text = decoder.decode(nonce);
    const time = text.slice(securityFeatures.length, head);
    const issuedAt = Number.parseInt(time, 16) * 1_000;
    const isRecent = now >= issuedAt && now - issuedAt < this.#lifetime;
    const isOurs = timingSafeEqual(encoder.encode(this.#proof(time, ip)), nonce.subarray(head));
    return isRecent && isOurs && text.startsWith(securityFeatures);
  }

  #proof(time: string, ip: string): string {
    return createHmac('sha256', this.#secret)
      .update(`${time}/${ip}`)
      .digest()
      .subarray(0, proofLength)
      .toString('base64');
  }
}
