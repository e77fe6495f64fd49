import type { Socket } from 'node:net';
import type { Milliseconds } from '@rivero/core';

/** Bytes went by; the answer is how long to read no more. */
type Spend = (length: number) => Milliseconds;

/** Carries all bytes of two connections into each other, no faster than the other takes them and `spend` allows. */
export function joinSockets(a: Socket, b: Socket, spendOfA: Spend, spendOfB: Spend): void {
  carry(a, b, spendOfA);
  carry(b, a, spendOfB);
}

function carry(from: Socket, to: Socket, spend: Spend): void {
  let holds = 0;
  const release = (): void => {
    holds -= 1;
    if (holds === 0) from.resume();
  };
  const hold = (): (() => void) => {
    holds += 1;
    from.pause();
    return release;
  };
  from.on('data', (chunk) => {
    const wait = spend(chunk.length);
    if (!to.write(chunk)) to.once('drain', hold());
    if (wait > 0) setTimeout(hold(), wait);
  });
  from.on('end', () => to.end());
  from.resume();
}
