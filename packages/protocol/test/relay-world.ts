import { milliseconds, type TransportAddress } from '@rivero/core';
import {
  type HostLinks,
  SeededRandom,
  SimulatedNat,
  SimulatedNetwork,
  SimulatedTurnClient,
  SimulatedTurnServer,
  type SimulatedTurnServerOptions,
  Simulation,
} from '@rivero/testkit';

export const ann = { username: 'ann', password: 'secret' };
export const bob = { username: 'bob', password: 'also secret' };
export const serverIps = ['192.0.2.15', '2001:db8::15'];
export const peer = { ip: '198.51.100.2', port: 40_000 };
export const peerV6 = { ip: '2001:db8::2', port: 40_000 };
export const stranger = { ip: '198.51.100.66', port: 40_000 };

export const minute = 60_000;
export const hour = 60 * minute;
const link = { loss: 0.1, delay: milliseconds(20), jitter: milliseconds(20), reorder: 0.02, duplicate: 0.01 };

/** A tenth is lost each way, and some come late or twice. */
export const rough: HostLinks = { up: link, down: link };

export interface RelayedClient {
  readonly turn: SimulatedTurnClient;
  /** Numbers of what came through its relay. */
  readonly received: number[];
  /** It is gone, and tells nobody. */
  readonly vanish: () => void;
}

/** A server, peers that answer nobody and count what comes, and clients behind a NAT with bad links. */
export class RelayWorld {
  readonly simulation = new Simulation();
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly turn: SimulatedTurnServer;
  readonly nat: SimulatedNat;
  /** What came to peers: from where, and its number. */
  readonly atPeers: { readonly from: TransportAddress; readonly number: number }[] = [];
  #clients = 0;

  constructor(seed: number, links: HostLinks, options: Pick<SimulatedTurnServerOptions, 'limits'> = {}) {
    const { simulation } = this;
    const random = new SeededRandom(seed);
    const network = new SimulatedNetwork(simulation, random);
    this.random = random;
    this.network = network;
    this.turn = new SimulatedTurnServer({ simulation, network, random, ips: serverIps, users: [ann, bob], ...options });
    this.nat = new SimulatedNat({ simulation, network, ip: '203.0.113.1', links });
    for (const { ip } of [peer, peerV6, stranger]) {
      network.openHost(ip, {}, (bytes, from) => void this.atPeers.push({ from, number: numberIn(bytes) }));
    }
  }

  openClient(user = ann): RelayedClient {
    const received: number[] = [];
    const { simulation, random, nat } = this;
    const address = { ip: `10.0.0.${++this.#clients}`, port: 5_000 };
    const onData = ({ data }: { readonly data: Uint8Array }): void => void received.push(numberIn(data));
    const options = { simulation, random, network: nat, address, server: this.turn.address(), user, onData };
    const turn = new SimulatedTurnClient(options);
    let isHere = true;
    nat.openHost(address.ip, (bytes, from) => {
      if (isHere) turn.handleDatagram(bytes, from);
    });
    const vanish = (): void => {
      isHere = false;
      turn.vanish();
    };
    return { turn, received, vanish };
  }

  run(ms: number): void {
    this.simulation.run(milliseconds(ms));
  }
}

export function numbered(number: number): Uint8Array {
  const bytes = new Uint8Array(160);
  new DataView(bytes.buffer).setUint32(4, number);
  bytes[0] = 0x80;
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
}
