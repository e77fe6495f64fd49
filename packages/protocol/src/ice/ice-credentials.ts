import type { RandomBytes } from '@rivero/core';

/** Username fragment and password of one side (RFC 8445 section 5.3). */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** ice-char (RFC 8839 section 5.4); 64 of them, so a byte picks one without bias. */
const iceCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function iceText(random: RandomBytes, length: number): string {
  return Array.from(random(length), (byte) => iceCharacters[byte & 63]).join('');
}

/** 48 bits of ufrag, so that one finds one session of a worker, and 144 bits of password (RFC 8445 section 5.3). */
export function generateIceCredentials(random: RandomBytes): IceCredentials {
  return { ufrag: iceText(random, 8), pwd: iceText(random, 24) };
}
