import {
  formatTransportAddress,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  type TransportAddress,
} from '@rivero/core';
import type { HostLinks, ReceiveDatagram, SimulatedNetwork } from '../simulated-network.ts';
import type { Simulation } from '../simulation.ts';

export interface SimulatedNatOptions {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  /** By which the network knows it. */
  readonly ip: string;
  readonly links?: HostLinks;
  /** A mapping by which nothing is sent for so long is forgotten. Default 30 s. */
  readonly mappingLifetime?: Milliseconds;
}

/** One inside address towards one outside. */
interface Mapping {
  readonly inside: TransportAddress;
  readonly outside: TransportAddress;
  readonly port: number;
  usedAt: MonotonicMs;
}

const firstPort = 20_000;

/**
 * A NAT of the worst kind: each destination gets a port of its own, by which nobody else is let in (RFC 4787 section 4.1
 * and 5: address and port-dependent mapping and filtering). What is behind it and not at it cannot be reached but by those it
 * sends to.
 */
export class SimulatedNat {
  readonly #options: SimulatedNatOptions;
  readonly #lifetime: Milliseconds;
  readonly #inside = new Map<string, ReceiveDatagram>();
  readonly #byKey = new Map<string, Mapping>();
  readonly #byPort = new Map<number, Mapping>();
  #nextPort = firstPort;
  /** Packets from outside that found no mapping. */
  refused = 0;

  constructor(options: SimulatedNatOptions) {
    this.#options = options;
    this.#lifetime = options.mappingLifetime ?? milliseconds(30_000);
    const { network, ip, links = {} } = options;
    network.openHost(ip, links, (bytes, from, to) => this.#receive(bytes, from, to));
  }

  /** A host behind it, which answers on all ports of `ip`. */
  openHost(ip: string, receive: ReceiveDatagram): void {
    this.#inside.set(ip, receive);
  }

  /** From a host behind it. */
  send(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    const neighbour = this.#inside.get(to.ip);
    if (neighbour !== undefined) return neighbour(bytes, from, to);
    const { network, ip } = this.#options;
    network.send(bytes, { ip, port: this.#mappingOf(from, to).port }, to);
  }

  #mappingOf(inside: TransportAddress, outside: TransportAddress): Mapping {
    const { now } = this.#options.simulation;
    const key = `${formatTransportAddress(inside)} ${formatTransportAddress(outside)}`;
    const known = this.#byKey.get(key);
    if (known !== undefined && this.#isAlive(known)) {
      known.usedAt = now;
      return known;
    }
    if (known !== undefined) this.#byPort.delete(known.port);
    const mapping = { inside, outside, port: this.#nextPort++, usedAt: now };
    this.#byKey.set(key, mapping);
    this.#byPort.set(mapping.port, mapping);
    return mapping;
  }

  #receive(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    const mapping = this.#byPort.get(to.port);
    const isWelcome =
      mapping !== undefined &&
      this.#isAlive(mapping) &&
      formatTransportAddress(mapping.outside) === formatTransportAddress(from);
    if (isWelcome) this.#inside.get(mapping.inside.ip)?.(bytes, from, mapping.inside);
    else this.refused += 1;
  }

  #isAlive({ usedAt }: Mapping): boolean {
    return this.#options.simulation.now - usedAt < this.#lifetime;
  }
}
