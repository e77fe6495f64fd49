import type { TurnServerLimits } from './turn-server-limits.ts';

/** Whom something is counted to. */
export interface Holder {
  readonly identity: string;
  /** `sourceNetwork` of its address. */
  readonly source: string;
}

/** Counts allocations, and ports that are kept for some: of each user, of each source, and in all. */
export class AllocationQuota {
  readonly #limits: TurnServerLimits;
  readonly #byUser = new Map<string, number>();
  readonly #bySource = new Map<string, number>();
  #count = 0;

  constructor(limits: TurnServerLimits) {
    this.#limits = limits;
  }

  /** Takes as many, or none: 486 where the user or the source has enough, 508 where all have. */
  take({ identity, source }: Holder, wanted: number): 486 | 508 | undefined {
    const { allocationsMax, allocationsPerUserMax, allocationsPerSourceMax } = this.#limits;
    const ofUser = (this.#byUser.get(identity) ?? 0) + wanted;
    const ofSource = (this.#bySource.get(source) ?? 0) + wanted;
    if (ofUser > allocationsPerUserMax || ofSource > allocationsPerSourceMax) return 486;
    if (this.#count + wanted > allocationsMax) return 508;
    this.#byUser.set(identity, ofUser);
    this.#bySource.set(source, ofSource);
    this.#count += wanted;
    return undefined;
  }

  giveBack({ identity, source }: Holder): void {
    lower(this.#byUser, identity);
    lower(this.#bySource, source);
    this.#count -= 1;
  }
}

function lower(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
