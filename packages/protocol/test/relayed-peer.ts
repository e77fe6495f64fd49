import { formatTransportAddress, type MonotonicMs, never, type PathHandle, type TransportAddress } from '@rivero/core';
import { type SeededRandom, type SimulatedNat, SimulatedTurnClient, type Simulation } from '@rivero/testkit';
import {
  generateIceCredentials,
  IceControllingAgent,
  type IceCredentials,
  IceLiteAgent,
  type IceOutput,
} from '../src/ice/index.ts';

export interface RelayedPeerOptions {
  readonly simulation: Simulation;
  readonly random: SeededRandom;
  readonly nat: SimulatedNat;
  readonly address: TransportAddress;
  readonly server: TransportAddress;
  readonly user: { readonly username: string; readonly password: string };
  /** By what it may send: itself and the relay, or the relay alone. */
  readonly policy: 'all' | 'relay';
}

interface Path {
  readonly via: 'host' | 'relay';
  readonly to: TransportAddress;
}

/** A peer behind a NAT with a relayed address: ICE by both, then numbered packets by the selected path. */
export class RelayedPeer {
  readonly turn: SimulatedTurnClient;
  readonly credentials: IceCredentials;
  /** Numbers of the packets that came, in their order. */
  readonly received: number[] = [];
  readonly #options: RelayedPeerOptions;
  readonly #paths = new Map<string, PathHandle>();
  readonly #ends = new Map<PathHandle, Path>();
  readonly #states: string[] = [];
  #agent: IceControllingAgent | IceLiteAgent | undefined;
  #wakeAt: MonotonicMs = never;
  #sent = 0;

  constructor(options: RelayedPeerOptions) {
    this.#options = options;
    const { nat, address, random } = options;
    this.credentials = generateIceCredentials(random.bytes);
    this.turn = new SimulatedTurnClient({
      ...options,
      network: nat,
      onData: ({ peer, data }) => this.#receive('relay', Uint8Array.from(data), peer),
    });
    nat.openHost(address.ip, (bytes, from) => {
      const isServer = formatTransportAddress(from) === formatTransportAddress(options.server);
      if (isServer) this.turn.handleDatagram(bytes, from);
      else this.#receive('host', bytes, from);
    });
  }

  /** All by which it may be reached: itself, as the server sees it, and its relay. */
  get candidates(): readonly TransportAddress[] {
    const { relayed, mapped } = this.turn;
    return [this.#options.address, mapped, relayed].flatMap((address) => address ?? []);
  }

  get states(): readonly string[] {
    return this.#states;
  }

  /** By what the peer is spoken to in the end. */
  get selected(): Path | undefined {
    const path = this.#agent?.selectedPath;
    return path === undefined ? undefined : this.#ends.get(path);
  }

  /** The other one is told. */
  connect(role: 'controlling' | 'lite', other: RelayedPeer): void {
    const { random, simulation, policy } = this.#options;
    if (role === 'lite') {
      const agent = new IceLiteAgent(this.credentials);
      agent.setRemoteCredentials(other.credentials);
      this.#agent = agent;
    } else {
      this.#agent = new IceControllingAgent({
        local: this.credentials,
        remote: other.credentials,
        random: random.bytes,
      });
    }
    for (const to of other.candidates) {
      this.turn.permit(to.ip);
      for (const via of policy === 'all' ? (['host', 'relay'] as const) : (['relay'] as const)) {
        const path = this.#pathOf(via, to);
        if (this.#agent instanceof IceControllingAgent) this.#agent.addPath(path, simulation.now);
      }
    }
    this.#settle();
  }

  /** One numbered packet by the selected path; false when there is none. */
  send(): boolean {
    const { selected } = this;
    if (selected === undefined) return false;
    const bytes = new Uint8Array(200);
    new DataView(bytes.buffer).setUint32(4, this.#sent++);
    bytes[0] = 0x80;
    this.#sendBy(selected, bytes);
    return true;
  }

  #receive(via: Path['via'], bytes: Uint8Array, from: TransportAddress): void {
    const { now } = this.#options.simulation;
    const path = this.#pathOf(via, from);
    if (bytes[0] === 0x80) {
      this.received.push(new DataView(bytes.buffer, bytes.byteOffset).getUint32(4));
      this.#agent?.handleActivity(path, now);
    } else {
      this.#agent?.handleStun(bytes, path, from, now);
    }
    this.#settle();
  }

  #pathOf(via: Path['via'], to: TransportAddress): PathHandle {
    const key = `${via} ${formatTransportAddress(to)}`;
    const path = this.#paths.get(key) ?? ((this.#paths.size + 1) as PathHandle);
    this.#paths.set(key, path);
    this.#ends.set(path, { via, to });
    return path;
  }

  #sendBy({ via, to }: Path, bytes: Uint8Array): void {
    const { nat, address } = this.#options;
    if (via === 'relay') this.turn.send(bytes, to);
    else nat.send(bytes, address, to);
  }

  #settle(): void {
    const agent = this.#agent;
    if (agent === undefined) return;
    for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput()) this.#carryOut(output);
    const deadline = agent.deadline();
    if (deadline === never || deadline >= this.#wakeAt) return;
    this.#wakeAt = deadline;
    const { simulation } = this.#options;
    simulation.at(deadline, () => {
      if (this.#wakeAt > simulation.now) return;
      this.#wakeAt = never;
      agent.handleTimeout(simulation.now);
      this.#settle();
    });
  }

  #carryOut(output: IceOutput): void {
    if (output.type === 'state') this.#states.push(output.state);
    if (output.type !== 'send') return;
    const end = this.#ends.get(output.path);
    if (end !== undefined) this.#sendBy(end, output.bytes);
  }
}
