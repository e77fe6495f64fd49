import type { RandomBytes } from './random.ts';

/** Drawn at once. */
const poolBytes = 4_096;

/**
 * Draws many random bytes at a time and hands out copies of them: to ask a system for a few takes it as long as for hundreds.
 * None is handed out twice, or kept. `fill` does what `randomFillSync` of node:crypto does.
 */
export function pooledRandom(fill: (bytes: Uint8Array) => unknown): RandomBytes {
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return (length) => {
    if (length > poolBytes) {
      const bytes = new Uint8Array(length);
      fill(bytes);
      return bytes;
    }
    if (used + length > poolBytes) {
      fill(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    // Whoever reads this memory later learns nothing of what was handed out.
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}
