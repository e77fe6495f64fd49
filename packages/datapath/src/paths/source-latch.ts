import { elapsed, type Milliseconds, milliseconds, type MonotonicMs, type TransportAddress } from '@rivero/core';

/** Silence after which another source may take the place of the one that was heard. */
export const sourceSilenceMax: Milliseconds = milliseconds(5_000);

/** The same for another port of the same host: its program was started again, or its NAT forgot it. */
export const sameHostSilenceMax: Milliseconds = milliseconds(1_000);

/**
 * Who sends to a port, and where packets of ours go from it. The first source that is heard stays until it falls silent,
 * so that nobody takes a living stream over; only one of the named IP address takes the place of a stranger at once.
 */
export class SourceLatch {
  #named: TransportAddress | undefined;
  #isFixed = false;
  #source: TransportAddress | undefined;
  #heardAt: MonotonicMs | undefined;

  /** Where the other side says that it receives; who was heard is forgotten. Fixed: packets go nowhere else. */
  setNamed(named: TransportAddress | undefined, isFixed = false): void {
    this.#named = named;
    this.#isFixed = isFixed && named !== undefined;
    this.#source = undefined;
    this.#heardAt = undefined;
  }

  /** True when a packet from there may be looked at. */
  isAdmitted(ip: string, port: number, now: MonotonicMs): boolean {
    const source = this.#source;
    if (source === undefined || this.#heardAt === undefined || isSame(source, ip, port)) return true;
    const silenceMax = ip === source.ip ? sameHostSilenceMax : sourceSilenceMax;
    if (elapsed(this.#heardAt, now) >= silenceMax) return true;
    return ip === this.#named?.ip && source.ip !== ip;
  }

  /** A packet of an admitted source was genuine. True when it is another source than before. */
  hear(ip: string, port: number, now: MonotonicMs): boolean {
    this.#heardAt = now;
    if (this.#source !== undefined && isSame(this.#source, ip, port)) return false;
    this.#source = { ip, port };
    return true;
  }

  /** Packets go to the named address, whoever is heard. */
  get isFixed(): boolean {
    return this.#isFixed;
  }

  /** The host that was named, or that was heard. */
  knows(ip: string): boolean {
    return ip === this.#named?.ip || ip === this.#source?.ip;
  }

  /**
   * The named address, also when the source has another port of the same host: programs often send from a port that they do
   * not receive on. A source of another address is behind a NAT that the other side does not know of.
   */
  destination(): TransportAddress | undefined {
    if (this.#named === undefined) return this.#source;
    if (this.#isFixed) return this.#named;
    return this.#source === undefined || this.#source.ip === this.#named.ip ? this.#named : this.#source;
  }
}

function isSame(address: TransportAddress, ip: string, port: number): boolean {
  return address.port === port && address.ip === ip;
}
