import {
  assert,
  formatTransportAddress,
  milliseconds,
  type MonotonicMs,
  never,
  type TransportAddress,
} from '@rivero/core';
import { type LongTermUser, type RelayedPacket, TurnClient, type TurnEvent } from '@rivero/protocol/turn';
import type { SeededRandom } from '../seeded-random.ts';
import type { Simulation } from '../simulation.ts';

export interface SimulatedTurnClientOptions {
  readonly simulation: Simulation;
  readonly random: SeededRandom;
  /** The network, or the NAT before it. */
  readonly network: { send(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void };
  readonly address: TransportAddress;
  readonly server: TransportAddress;
  readonly user: LongTermUser;
  readonly onData?: (packet: RelayedPacket) => void;
}

const patience = milliseconds(10_000);

/** Our TURN client in the simulated network. Whoever opens its host tells it what comes. */
export class SimulatedTurnClient {
  readonly client: TurnClient;
  readonly events: TurnEvent[] = [];
  readonly #options: SimulatedTurnClientOptions;
  #wakeAt: MonotonicMs = never;
  #isHere = true;

  constructor(options: SimulatedTurnClientOptions) {
    this.#options = options;
    const { random, user, simulation } = options;
    this.client = new TurnClient({ random: random.bytes, user, isStream: false, patience });
    this.client.start(simulation.now);
    this.settle();
  }

  /** Its relayed address, once there is one. */
  get relayed(): TransportAddress | undefined {
    return this.events.flatMap((event) => (event.type === 'allocated' ? [event.relayed] : []))[0];
  }

  /** Its own address as the server sees it. */
  get mapped(): TransportAddress | undefined {
    return this.events.flatMap((event) => (event.type === 'allocated' ? [event.mapped] : []))[0];
  }

  /** A datagram that came to its address. */
  handleDatagram(bytes: Uint8Array, from: TransportAddress): void {
    if (formatTransportAddress(from) !== formatTransportAddress(this.#options.server)) return;
    const packet = this.client.handleMessage(bytes, this.#now);
    if (packet !== undefined) this.#options.onData?.(packet);
    this.settle();
  }

  permit(ip: string): void {
    this.client.permit(ip, this.#now);
    this.settle();
  }

  /** Through the relay; nothing goes before it is there. */
  send(data: Uint8Array, to: TransportAddress): void {
    const peer = this.client.openPeer(to);
    assert(peer !== undefined, 'there are few peers');
    const bytes = this.client.wrap(peer, data, this.#now);
    const { network, address, server } = this.#options;
    if (bytes !== undefined) network.send(bytes, address, server);
    this.settle();
  }

  close(): void {
    this.client.close(this.#now);
    this.settle();
  }

  /** It says nothing more, as one whose machine was switched off. */
  vanish(): void {
    this.#isHere = false;
  }

  get #now(): MonotonicMs {
    return this.#options.simulation.now;
  }

  /** Sends what it wants to, and wakes it when it wants to. */
  settle(): void {
    if (!this.#isHere) return;
    const { client } = this;
    const { network, address, server, simulation } = this.#options;
    for (let bytes = client.pollSend(); bytes !== undefined; bytes = client.pollSend()) {
      network.send(bytes, address, server);
    }
    for (let event = client.pollEvent(); event !== undefined; event = client.pollEvent()) this.events.push(event);
    const deadline = client.deadline();
    if (deadline === never || deadline >= this.#wakeAt) return;
    this.#wakeAt = deadline;
    simulation.at(deadline, () => {
      if (this.#wakeAt > this.#now) return;
      this.#wakeAt = never;
      client.handleTimeout(this.#now);
      this.settle();
    });
  }
}
