import type { Socket } from 'node:net';
import { after, type Milliseconds } from '@rivero/core';
import type { Alarms } from './alarms.ts';
import { clock } from './clock.ts';

/** One side of two joined connections. */
export interface JoinedSide {
  readonly socket: Socket;
  /** Bytes came from it; the answer is how long to read no more. */
  readonly spend: (length: number) => Milliseconds;
}

/** Carries all bytes of two connections into each other, no faster than the other takes them and `spend` allows. */
export function joinSockets(alarms: Alarms, a: JoinedSide, b: JoinedSide): void {
  carry(alarms, a, b.socket);
  carry(alarms, b, a.socket);
}

function carry(alarms: Alarms, { socket: from, spend }: JoinedSide, to: Socket): void {
  let holds = 0;
  const hold = (): (() => void) => {
    holds += 1;
    from.pause();
    return () => {
      holds -= 1;
      if (holds === 0) from.resume();
    };
  };
  from.on('data', (chunk) => {
    const wait = spend(chunk.length);
    if (!to.write(chunk)) to.once('drain', hold());
    if (wait > 0) alarms.set(hold(), after(clock(), wait));
  });
  from.on('end', () => to.end());
  from.resume();
}
