import {
  type BitsPerSecond,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  type TransportAddress,
} from '@rivero/core';
import type { SeededRandom } from './seeded-random.ts';
import type { Simulation } from './simulation.ts';

/** A stretch of time in which a link carries nothing. */
export interface Outage {
  readonly from: MonotonicMs;
  readonly until: MonotonicMs;
}

/** What one direction of a host's access link does to packets. Everything left out does nothing. */
export interface LinkConditions {
  readonly delay?: Milliseconds;
  /** Added to the delay of each packet, uniform between 0 and this; packets keep their order. */
  readonly jitter?: Milliseconds;
  /** Probability of loss, 0 to 1. */
  readonly loss?: number;
  /** Probability that a packet is overtaken by those within `reorderBy` behind it. */
  readonly reorder?: number;
  /** Default 20 ms. */
  readonly reorderBy?: Milliseconds;
  /** Probability that a packet arrives twice. */
  readonly duplicate?: number;
  readonly bandwidth?: BitsPerSecond;
  /** Longest wait in the queue before the bandwidth; later packets are lost. Default 200 ms. */
  readonly queueMax?: Milliseconds;
  readonly outages?: readonly Outage[];
}

export interface HostLinks {
  readonly up?: LinkConditions;
  readonly down?: LinkConditions;
}

export type ReceiveDatagram = (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;

/** IPv4 and UDP headers, which take their share of the bandwidth. */
const headerBytes = 28;
const reorderByDefault = milliseconds(20);
const queueMaxDefault = milliseconds(200);
const noConditions: LinkConditions = {};

/** One direction of one access link. */
class Link {
  conditions: LinkConditions;
  readonly #random: SeededRandom;
  #freeAt = monotonicMs(0);
  #lastArrival = monotonicMs(0);

  constructor(conditions: LinkConditions, random: SeededRandom) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** When a packet that enters now leaves at the other end: never, once, or twice. */
  pass(length: number, now: MonotonicMs): readonly MonotonicMs[] {
    const { conditions } = this;
    if (conditions.outages?.some((outage) => now >= outage.from && now < outage.until)) return [];
    if (this.#random.happens(conditions.loss ?? 0)) return [];
    let leaves: number = now;
    if (conditions.bandwidth !== undefined) {
      const start = Math.max(now, this.#freeAt);
      if (start - now > (conditions.queueMax ?? queueMaxDefault)) return [];
      leaves = start + ((length + headerBytes) * 8 * 1000) / conditions.bandwidth;
      this.#freeAt = monotonicMs(leaves);
    }
    leaves += (conditions.delay ?? 0) + (conditions.jitter ?? 0) * this.#random.next();
    if (this.#random.happens(conditions.reorder ?? 0)) {
      leaves += conditions.reorderBy ?? reorderByDefault;
    } else {
      leaves = Math.max(leaves, this.#lastArrival);
      this.#lastArrival = monotonicMs(leaves);
    }
    const arrival = monotonicMs(leaves);
    return this.#random.happens(conditions.duplicate ?? 0) ? [arrival, arrival] : [arrival];
  }
}

interface Host {
  readonly up: Link;
  readonly down: Link;
  readonly receive: ReceiveDatagram;
}

export interface NetworkStatistics {
  readonly sent: number;
  readonly delivered: number;
  /** Lost on a link, or sent to nobody. */
  readonly lost: number;
}

/** Hosts with access links around a core that loses nothing. Seeded: the same plan gives the same packets. */
export class SimulatedNetwork {
  readonly #simulation: Simulation;
  readonly #random: SeededRandom;
  readonly #hosts = new Map<string, Host>();
  #sent = 0;
  #delivered = 0;

  constructor(simulation: Simulation, random: SeededRandom) {
    this.#simulation = simulation;
    this.#random = random;
  }

  /** A host that answers on all ports of `ip`. */
  openHost(ip: string, links: HostLinks, receive: ReceiveDatagram): void {
    const up = new Link(links.up ?? noConditions, this.#random);
    const down = new Link(links.down ?? noConditions, this.#random);
    this.#hosts.set(ip, { up, down, receive });
  }

  closeHost(ip: string): void {
    this.#hosts.delete(ip);
  }

  /** Changes the links of a host from now on. */
  setLinks(ip: string, links: HostLinks): void {
    const host = this.#hosts.get(ip);
    if (host === undefined) return;
    host.up.conditions = links.up ?? noConditions;
    host.down.conditions = links.down ?? noConditions;
  }

  /** Shows every packet that is delivered, as somebody sees them who listens on the way. */
  onDelivered: ReceiveDatagram = () => {};

  /** Copies the bytes and carries them from `from` to `to`. A host that does not exist receives nothing. */
  send(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    this.#sent += 1;
    const source = this.#hosts.get(from.ip);
    if (source === undefined) return;
    // Not slice(): of a Buffer that would be a view.
    const copy = new Uint8Array(bytes);
    for (const atCore of source.up.pass(copy.length, this.#simulation.now)) {
      this.#simulation.at(atCore, () => this.#enterDownlink(copy, from, to));
    }
  }

  statistics(): NetworkStatistics {
    return { sent: this.#sent, delivered: this.#delivered, lost: this.#sent - this.#delivered };
  }

  #enterDownlink(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    const target = this.#hosts.get(to.ip);
    if (target === undefined) return;
    for (const arrival of target.down.pass(bytes.length, this.#simulation.now)) {
      this.#simulation.at(arrival, () => {
        if (this.#hosts.get(to.ip) !== target) return;
        this.#delivered += 1;
        target.receive(bytes, from, to);
        this.onDelivered(bytes, from, to);
      });
    }
  }
}
