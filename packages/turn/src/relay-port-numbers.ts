import { randomInt } from 'node:crypto';
import type { PortRange, RelayPort } from '@rivero/protocol/turn-server';

/** Port numbers of one family and protocol for relayed addresses; at random, so that nobody can guess the next (RFC 8656 section 7.2). */
export class RelayPortNumbers {
  readonly #range: PortRange;
  readonly #taken = new Set<number>();

  constructor(range: PortRange) {
    this.#range = range;
  }

  /** One that nobody has from here, and for a pair the one above it, too; undefined: all are taken. */
  take(kind: RelayPort): number | undefined {
    const { first, last } = this.#range;
    const count = last - first + 1;
    const start = randomInt(count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (this.#taken.has(port) || (kind !== 'any' && port % 2 === 1)) continue;
      if (kind === 'pair' && (port === last || this.#taken.has(port + 1))) continue;
      this.#taken.add(port);
      if (kind === 'pair') this.#taken.add(port + 1);
      return port;
    }
    return undefined;
  }

  giveBack(port: number): void {
    this.#taken.delete(port);
  }
}
