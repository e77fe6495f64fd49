import { after, milliseconds, type MonotonicMs } from '@rivero/core';

/** Names whose addresses are known or looked up at once; of more the oldest is looked up anew. */
export const hostNamesMax = 256;

/** So long what a lookup found, or that it found nothing, counts for whoever asks next. */
export const hostNameFreshness = milliseconds(10_000);

interface Known {
  readonly address: Promise<string | undefined>;
  readonly until: MonotonicMs;
}

/** Looks names up, each once for all who ask within some seconds: lookups of a worker wait for each other. */
export class HostNames {
  readonly #lookUp: (host: string) => Promise<string | undefined>;
  readonly #known = new Map<string, Known>();

  constructor(lookUp: (host: string) => Promise<string | undefined>) {
    this.#lookUp = lookUp;
  }

  /** `undefined` when there is no address. */
  resolve(host: string, now: MonotonicMs): Promise<string | undefined> {
    const known = this.#known.get(host);
    if (known !== undefined && known.until > now) return known.address;
    // At its place in the order of age.
    this.#known.delete(host);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < hostNamesMax) break;
      this.#known.delete(oldest);
    }
    const address = this.#lookUp(host);
    this.#known.set(host, { address, until: after(now, hostNameFreshness) });
    return address;
  }
}
