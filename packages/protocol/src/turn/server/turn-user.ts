import type { BitsPerSecond, MonotonicMs } from '@rivero/core';
import { TokenBucket } from './token-bucket.ts';

/** Somebody with allocations. */
export interface TurnUser {
  readonly identity: string;
  allocations: number;
  /** In bytes. */
  readonly bandwidth: TokenBucket;
}

/** Users while they have allocations. */
export class TurnUsers {
  readonly #users = new Map<string, TurnUser>();
  readonly #bandwidth: BitsPerSecond;

  constructor(bandwidth: BitsPerSecond) {
    this.#bandwidth = bandwidth;
  }

  allocationsOf(identity: string): number {
    return this.#users.get(identity)?.allocations ?? 0;
  }

  /** With one allocation more. */
  join(identity: string, now: MonotonicMs): TurnUser {
    const known = this.#users.get(identity);
    const perSecond = this.#bandwidth / 8;
    const user = known ?? { identity, allocations: 0, bandwidth: new TokenBucket(perSecond, perSecond, now) };
    if (known === undefined) this.#users.set(identity, user);
    user.allocations += 1;
    return user;
  }

  leave(user: TurnUser): void {
    user.allocations -= 1;
    if (user.allocations === 0) this.#users.delete(user.identity);
  }
}
