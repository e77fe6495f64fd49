import { randomInt } from 'node:crypto';
import type { PortRange } from '@rivero/core';

/** Ports that are tried before none is free: a range that is nearly full is refused at once, and not searched for long. */
const triesMax = 64;

/** Tries ports of a range from a random one on, so that nobody can guess the next; those of pairs are even. */
export function tryPorts<Opened>(
  { first, last }: PortRange,
  isEven: boolean,
  open: (port: number) => Opened | undefined,
): Opened | undefined {
  const step = isEven ? 2 : 1;
  const start = isEven ? first + (first % 2) : first;
  const count = Math.floor((last - start) / step) + 1;
  if (count <= 0) return undefined;
  const offset = randomInt(count);
  for (let tries = 0; tries < Math.min(triesMax, count); tries++) {
    const opened = open(start + ((offset + tries) % count) * step);
    if (opened !== undefined) return opened;
  }
  return undefined;
}
