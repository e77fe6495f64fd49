import type { RandomBytes } from './random.ts';

/** Drawn at once. */
const blockBytes = 4_096;

/** Draws blocks of random bytes and hands out parts of them: to ask a system for a few takes it as long as for hundreds. */
export function pooledRandom(draw: RandomBytes): RandomBytes {
  let block = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > blockBytes) return draw(length);
    if (used + length > block.length) {
      block = new Uint8Array(draw(blockBytes));
      used = 0;
    }
    const bytes = block.slice(used, used + length);
    // Whoever reads this memory later learns nothing of what was handed out.
    block.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}
