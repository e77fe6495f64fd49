import type { RandomBytes } from '@rivero/core';

/** So many random bytes as text that may stand in an address. */
export function randomToken(random: RandomBytes, bytes: number): string {
  return Buffer.from(random(bytes)).toString('base64url');
}
