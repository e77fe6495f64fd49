import { isIpv6, type MonotonicMs, never, type TransportAddress, wallClockMs } from '@rivero/core';
import type { LongTermUser } from '@rivero/protocol/turn';
import {
  PeerPolicy,
  type RelayId,
  TurnAccounts,
  type TurnOutput,
  type TurnPath,
  TurnServer,
  type TurnServerEvent,
  type TurnServerLimits,
  turnServerLimits,
} from '@rivero/protocol/turn-server';
import type { SeededRandom } from '../seeded-random.ts';
import type { HostLinks, SimulatedNetwork } from '../simulated-network.ts';
import type { Simulation } from '../simulation.ts';

export interface SimulatedTurnServerOptions {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  readonly random: SeededRandom;
  /** Each is listened on; relayed addresses are on the first of each family. */
  readonly ips: readonly string[];
  readonly users: readonly LongTermUser[];
  readonly links?: HostLinks;
  readonly limits?: Partial<TurnServerLimits>;
}

export const turnPort = 3_478;

const realm = 'example.org';
const wallAtStart = wallClockMs(Date.UTC(2030, 0));
const firstRelayPort = 50_000;

/** A TURN server by UDP in the simulated network: the real machine, and all that its driver does. */
export class SimulatedTurnServer {
  readonly events: TurnServerEvent[] = [];
  /** Of relayed addresses; never fewer opened than closed, and in the end as many. */
  readonly relays = { opened: 0, closed: 0 };
  readonly #options: SimulatedTurnServerOptions;
  readonly #open = new Map<RelayId, TransportAddress>();
  /** By IP address and port. */
  readonly #byAddress = new Map<string, Map<number, RelayId>>();
  #server: TurnServer;
  #nextPort = firstRelayPort;
  #wakeAt: MonotonicMs = never;

  constructor(options: SimulatedTurnServerOptions) {
    this.#options = options;
    this.#server = this.#create();
    this.#listen();
  }

  /** Counts what it does. */
  get server(): TurnServer {
    return this.#server;
  }

  /** Where clients ask; the first address, or that of a family. */
  address(family: 4 | 6 = 4): TransportAddress {
    return { ip: this.#ipOf(family) ?? '', port: turnPort };
  }

  /** Nothing reaches it any more, and it forgets everything. */
  stop(): void {
    for (const ip of this.#options.ips) this.#options.network.closeHost(ip);
    this.#server.close();
    this.#settle();
  }

  /** It is there, and knows nothing of what was before. */
  start(): void {
    this.#server = this.#create();
    this.#listen();
  }

  #listen(): void {
    const { network, ips, links = {} } = this.#options;
    for (const [listener, ip] of ips.entries()) {
      network.openHost(ip, links, (bytes, from, to) => {
        if (to.port === turnPort) this.#server.handleDatagram(listener, from, bytes, this.#now);
        else this.#handlePeer(bytes, from, to);
        this.#settle();
      });
    }
  }

  get #now(): MonotonicMs {
    return this.#options.simulation.now;
  }

  #create(): TurnServer {
    const { random, users, limits = {}, simulation } = this.#options;
    const accounts = new TurnAccounts({ realm, users, secrets: [] });
    // Everybody in the simulation has an address for documentation.
    const server = new TurnServer({
      random: random.bytes,
      accounts,
      policy: new PeerPolicy({ allow: ['0.0.0.0/0', '::/0'], own: [], ownPorts: [] }),
      limits: { ...turnServerLimits, ...limits },
      families: ([4, 6] as const).filter((family) => this.#ipOf(family) !== undefined),
      sink: {
        sendMessage: (path, bytes) => this.#sendToClient(path, bytes),
        sendChannelData: (path, channel, data) => this.#sendToClient(path, framed(channel, data)),
        sendToPeer: (relay, peer, data) => {
          const from = this.#open.get(relay);
          if (from !== undefined) this.#options.network.send(data, from, peer);
        },
      },
    });
    server.handleWallClock(wallClockMs(wallAtStart + simulation.now), simulation.now);
    return server;
  }

  #sendToClient(path: TurnPath, bytes: Uint8Array): void {
    if (path.type !== 'datagram') return;
    this.#options.network.send(bytes, { ip: this.#options.ips[path.listener], port: turnPort }, path.remote);
  }

  #handlePeer(bytes: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    const relay = this.#byAddress.get(to.ip)?.get(to.port);
    if (relay !== undefined) this.#server.handlePeerDatagram(relay, from, bytes, this.#now);
  }

  #ipOf(family: 4 | 6): string | undefined {
    return this.#options.ips.find((ip) => isIpv6(ip) === (family === 6));
  }

  /** Does what the machine wants, and wakes it when it wants to. */
  #settle(): void {
    const server = this.#server;
    for (let output = server.pollOutput(); output !== undefined; output = server.pollOutput()) this.#carryOut(output);
    for (let event = server.pollEvent(); event !== undefined; event = server.pollEvent()) this.events.push(event);
    const deadline = server.deadline();
    if (deadline === never || deadline >= this.#wakeAt) return;
    this.#wakeAt = deadline;
    this.#options.simulation.at(deadline, () => {
      if (this.#wakeAt > this.#now) return;
      this.#wakeAt = never;
      this.#server.handleTimeout(this.#now);
      this.#settle();
    });
  }

  #carryOut(output: TurnOutput): void {
    if (output.type === 'close-relay') this.#closeRelay(output.relay);
    if (output.type !== 'open-relay') return;
    const { relay, transport, family, port, next } = output;
    const ip = this.#ipOf(family);
    if (transport === 'tcp' || ip === undefined) return this.#server.handleRelayFailed(relay, this.#now);
    if (port !== 'any' && this.#nextPort % 2 === 1) this.#nextPort += 1;
    const address = this.#openRelay(relay, ip);
    if (next !== undefined) this.#openRelay(next, ip);
    this.#server.handleRelayOpened(relay, address, this.#now);
  }

  #openRelay(relay: RelayId, ip: string): TransportAddress {
    const address = { ip, port: this.#nextPort++ };
    const ports = this.#byAddress.get(ip) ?? new Map<number, RelayId>();
    this.#byAddress.set(ip, ports.set(address.port, relay));
    this.#open.set(relay, address);
    this.relays.opened += 1;
    return address;
  }

  #closeRelay(relay: RelayId): void {
    const address = this.#open.get(relay);
    if (address === undefined) return;
    this.#open.delete(relay);
    this.#byAddress.get(address.ip)?.delete(address.port);
    this.relays.closed += 1;
  }
}

/** ChannelData as a datagram (RFC 8656 section 12.4). */
function framed(channel: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(channel >> 8, channel & 0xff, data.length >> 8, data.length & 0xff, ...data);
}
