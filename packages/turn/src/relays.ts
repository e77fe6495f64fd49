import type { Socket } from 'node:net';
import type { TransportAddress } from '@rivero/core';
import type { AddressFamily, PortRange, RelayId, TurnOutput } from '@rivero/protocol/turn-server';
import { RelayPortNumbers } from './relay-port-numbers.ts';
import { TcpRelay } from './tcp-relay.ts';
import { UdpRelay } from './udp-relay.ts';

/** Ports that are tried before an allocation is refused: other programs may have some of the range. */
const attemptsMax = 32;

type OpenRelay = Extract<TurnOutput, { readonly type: 'open-relay' }>;

export interface RelaysOptions {
  readonly range: PortRange;
  /** Addresses of this machine. */
  readonly addresses: ReadonlyMap<AddressFamily, string>;
  /** By which others reach those, when they are other ones. */
  readonly externalAddresses: ReadonlyMap<AddressFamily, string>;
  readonly onOpened: (relay: RelayId, address: TransportAddress) => void;
  readonly onFailed: (relay: RelayId) => void;
  readonly onPacket: (relay: RelayId, peer: TransportAddress, data: Uint8Array) => void;
  readonly onAccepted: (relay: RelayId, socket: Socket) => void;
}

interface OpenedRelay {
  readonly relay: UdpRelay | TcpRelay;
  readonly numbers: RelayPortNumbers;
}

/** The sockets of relayed addresses. */
export class Relays {
  readonly #options: RelaysOptions;
  readonly #open = new Map<RelayId, OpenedRelay>();
  /** Closed before they were open. */
  readonly #opening = new Map<RelayId, 'wanted' | 'closed'>();
  readonly #numbers = new Map<string, RelayPortNumbers>();
  #isClosed = false;

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#open.size;
  }

  async open(ask: OpenRelay): Promise<void> {
    const ids = ask.next === undefined ? [ask.relay] : [ask.relay, ask.next];
    for (const id of ids) this.#opening.set(id, 'wanted');
    const opened = await this.#openAny(ask);
    const { onOpened, onFailed } = this.#options;
    for (const [index, id] of ids.entries()) {
      const one = opened[index];
      const isWanted = this.#opening.get(id) === 'wanted' && !this.#isClosed;
      this.#opening.delete(id);
      if (one === undefined) continue;
      if (isWanted) this.#open.set(id, one);
      else release(one);
    }
    const first = this.#open.get(ask.relay);
    if (first === undefined) return onFailed(ask.relay);
    const { ip, port } = first.relay.local;
    onOpened(ask.relay, { ip: this.#options.externalAddresses.get(ask.family) ?? ip, port });
  }

  close(id: RelayId): void {
    if (this.#opening.has(id)) this.#opening.set(id, 'closed');
    const opened = this.#open.get(id);
    if (opened === undefined) return;
    this.#open.delete(id);
    release(opened);
  }

  closeAll(): void {
    this.#isClosed = true;
    for (const id of this.#open.keys()) this.close(id);
  }

  /** False: dropped, as too much waits. */
  send(id: RelayId, peer: TransportAddress, data: Uint8Array): boolean {
    const relay = this.#open.get(id)?.relay;
    return relay instanceof UdpRelay ? relay.send(peer, data) : true;
  }

  /** A connection from a relayed address to a peer. */
  connect(id: RelayId, peer: TransportAddress): Socket | undefined {
    const relay = this.#open.get(id)?.relay;
    return relay instanceof TcpRelay ? relay.connect(peer) : undefined;
  }

  /** As many as were asked for, or none. */
  async #openAny({ relay, next, family, transport, port: kind }: OpenRelay): Promise<readonly OpenedRelay[]> {
    const ip = this.#options.addresses.get(family);
    if (ip === undefined) return [];
    const numbers = this.#numbersOf(`${transport}${family}`);
    // Those that other programs have stay taken until one is found, so that none is tried twice.
    const refused: number[] = [];
    const opened: OpenedRelay[] = [];
    for (let attempts = 0; attempts < attemptsMax && opened.length === 0; attempts++) {
      const port = numbers.take(kind);
      if (port === undefined) break;
      const ids = kind === 'pair' && next !== undefined ? [relay, next] : [relay];
      try {
        for (const [index, id] of ids.entries()) {
          opened.push({ relay: await this.#openOne(id, transport, { ip, port: port + index }), numbers });
        }
      } catch {
        for (const one of opened.splice(0)) one.relay.close();
        refused.push(port, ...(kind === 'pair' ? [port + 1] : []));
      }
    }
    for (const port of refused) numbers.giveBack(port);
    return opened;
  }

  #openOne(id: RelayId, transport: 'udp' | 'tcp', local: TransportAddress): Promise<UdpRelay | TcpRelay> {
    const { onPacket, onAccepted, onFailed } = this.#options;
    if (transport === 'udp') return UdpRelay.open(local, (peer, data) => onPacket(id, peer, data));
    return TcpRelay.open(
      local,
      (socket) => onAccepted(id, socket),
      () => onFailed(id),
    );
  }

  #numbersOf(key: string): RelayPortNumbers {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const numbers = new RelayPortNumbers(this.#options.range);
    this.#numbers.set(key, numbers);
    return numbers;
  }
}

function release({ relay, numbers }: OpenedRelay): void {
  relay.close();
  numbers.giveBack(relay.local.port);
}
