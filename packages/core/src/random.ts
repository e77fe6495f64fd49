/** A source of cryptographically strong random bytes; an argument of every core that needs randomness, so tests can seed it. */
export type RandomBytes = (length: number) => Uint8Array;

/** A random unsigned 16-bit integer. */
export function randomUint16(random: RandomBytes): number {
  const bytes = random(2);
  return (bytes[0] << 8) | bytes[1];
}

/** A random unsigned 32-bit integer. */
export function randomUint32(random: RandomBytes): number {
  const bytes = random(4);
  return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
}
