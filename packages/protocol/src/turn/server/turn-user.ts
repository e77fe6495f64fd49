import { type BitsPerSecond, type MonotonicMs, TokenBucket } from '@rivero/core';

/** Somebody with allocations. */
export interface TurnUser {
  readonly identity: string;
  allocations: number;
  /** Of all its allocations (RFC 6062). */
  peerDataConnections: number;
  /** In bytes; left out: no limit. */
  readonly bandwidth: TokenBucket | undefined;
}

/** Users while they have allocations. */
export class TurnUsers {
  readonly #users = new Map<string, TurnUser>();
  readonly #bandwidth: BitsPerSecond;

  constructor(bandwidth: BitsPerSecond) {
    this.#bandwidth = bandwidth;
  }

  /** With one allocation more. */
  join(identity: string, now: MonotonicMs): TurnUser {
    const known = this.#users.get(identity);
    const user = known ?? { identity, allocations: 0, peerDataConnections: 0, bandwidth: this.#bucket(now) };
    if (known === undefined) this.#users.set(identity, user);
    user.allocations += 1;
    return user;
  }

  leave(user: TurnUser): void {
    user.allocations -= 1;
    if (user.allocations === 0) this.#users.delete(user.identity);
  }

  #bucket(now: MonotonicMs): TokenBucket | undefined {
    const perSecond = this.#bandwidth / 8;
    return perSecond === 0 ? undefined : new TokenBucket({ perSecond, burstMax: perSecond }, now);
  }
}
