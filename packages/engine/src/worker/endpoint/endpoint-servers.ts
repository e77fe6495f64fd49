import { formatTransportAddress, type MonotonicMs, type TransportAddress } from '@rivero/core';
import type { IceCandidate } from '@rivero/protocol/ice';
import type { ReflexiveAddress, Relay, RelayHandlers, RelayServer } from '@rivero/transport';
import type { EndpointChange, EndpointSettings, ServerAddress, TurnServer } from '../../endpoint-contract.ts';
import { type RelayedAddress, serverCandidates } from './server-candidates.ts';
import { turnRefusal, type TurnRefusalCause } from './turn-refusal.ts';

/** How endpoints ask STUN and TURN servers. */
export interface ServerSurroundings {
  /** `undefined`: the host has no address. */
  readonly resolve: (host: string, onResolved: (ip: string | undefined, now: MonotonicMs) => void) => void;
  readonly askStun: (
    server: TransportAddress,
    onAsked: (address: ReflexiveAddress | undefined, now: MonotonicMs) => void,
    now: MonotonicMs,
  ) => void;
  /** `undefined` when there are too many. Its handlers are never called at once. */
  readonly openRelay: (server: RelayServer, handlers: RelayHandlers, now: MonotonicMs) => Relay | undefined;
  /** Opens NATs before us for what will come from there. */
  readonly punch: (remote: TransportAddress, now: MonotonicMs) => void;
  readonly log: (level: 'debug' | 'warn', text: string) => void;
}

export interface EndpointServersOptions {
  readonly surroundings: ServerSurroundings | undefined;
  readonly endpointId: string;
  /** Those of the peer, as far as they are known. */
  readonly remoteCandidates: () => readonly IceCandidate[];
  readonly onChange: (change: EndpointChange) => void;
}

interface OpenRelay {
  readonly server: TurnServer;
  relay: Relay | undefined;
  address: RelayedAddress | undefined;
  /** Who waits for its address. */
  readonly waiting: (() => void)[];
}

/** What the STUN and TURN servers of one endpoint's settings told it. */
export class EndpointServers {
  readonly #options: EndpointServersOptions;
  readonly #gatherings = new Set<() => void>();
  #reflexive: ReflexiveAddress | undefined;
  #relay: OpenRelay | undefined;
  #isClosed = false;

  constructor(options: EndpointServersOptions) {
    this.#options = options;
  }

  /** `onReady` is called once, when every server has answered or was given up. */
  gather(settings: EndpointSettings | undefined, onReady: () => void, now: MonotonicMs): void {
    const { surroundings } = this.#options;
    const { turnServer } = settings ?? {};
    const stunServer = settings?.stunServer ?? (turnServer?.transport === 'udp' ? turnServer : undefined);
    if (stunServer === undefined) this.#reflexive = undefined;
    if (turnServer === undefined) this.#closeRelay(now);
    if (surroundings === undefined || (stunServer === undefined && turnServer === undefined)) return onReady();
    let waitsFor = 1;
    const finish = (): void => {
      if (this.#gatherings.delete(finish)) onReady();
    };
    const onAnswered = (): void => {
      waitsFor -= 1;
      if (waitsFor === 0) finish();
    };
    this.#gatherings.add(finish);
    if (stunServer !== undefined) {
      waitsFor += 1;
      this.#askStun(surroundings, stunServer, onAnswered);
    }
    if (turnServer !== undefined) {
      waitsFor += 1;
      this.#askTurn(surroundings, turnServer, onAnswered, now);
    }
    onAnswered();
  }

  /** Beside those that are told already. `isAllowed`: which addresses of ours may be told of. */
  candidates(told: readonly IceCandidate[], isAllowed: (ip: string) => boolean): readonly IceCandidate[] {
    const reflexive = this.#reflexive !== undefined && isAllowed(this.#reflexive.base.ip) ? this.#reflexive : undefined;
    return serverCandidates(told, reflexive, this.#relay?.address);
  }

  /** A candidate of the peer: it gets through the relay, and through a NAT before us. mDNS names mean nothing here. */
  addRemoteCandidate(candidate: IceCandidate, now: MonotonicMs): void {
    if (candidate.protocol === 'udp') this.#relay?.relay?.permit(candidate.address, now);
    this.#punch(candidate, now);
  }

  close(now: MonotonicMs): void {
    this.#isClosed = true;
    this.#closeRelay(now);
    for (const finish of this.#gatherings) finish();
  }

  #askStun(surroundings: ServerSurroundings, { host, port }: ServerAddress, onAnswered: () => void): void {
    const name = formatTransportAddress({ ip: host, port });
    surroundings.resolve(host, (ip, now) => {
      if (this.#isClosed) return;
      if (ip === undefined || !isPort(port)) {
        surroundings.log('debug', `${this.#name} goes on without the STUN server ${name}: it has no address.`);
        return onAnswered();
      }
      const onAsked = (address: ReflexiveAddress | undefined, answeredAt: MonotonicMs): void => {
        if (this.#isClosed) return;
        this.#reflexive = address;
        if (address === undefined) {
          surroundings.log('debug', `${this.#name} goes on without the STUN server ${name}: it did not answer.`);
        }
        for (const candidate of this.#options.remoteCandidates()) this.#punch(candidate, answeredAt);
        onAnswered();
      };
      surroundings.askStun({ ip, port }, onAsked, now);
    });
  }

  /** Where there is a NAT before us. */
  #punch({ protocol, address: ip, port }: IceCandidate, now: MonotonicMs): void {
    if (protocol === 'udp' && this.#reflexive !== undefined) this.#options.surroundings?.punch({ ip, port }, now);
  }

  #askTurn(surroundings: ServerSurroundings, server: TurnServer, onAnswered: () => void, now: MonotonicMs): void {
    if (this.#relay !== undefined && isSame(this.#relay.server, server)) {
      if (this.#relay.address === undefined) this.#relay.waiting.push(onAnswered);
      else onAnswered();
      return;
    }
    this.#closeRelay(now);
    const open: OpenRelay = { server, relay: undefined, address: undefined, waiting: [onAnswered] };
    this.#relay = open;
    surroundings.resolve(server.host, (ip, resolvedAt) => {
      if (this.#relay !== open) return;
      if (ip === undefined || !isPort(server.port))
        return this.#failRelay(surroundings, open, { type: 'unknown-host' });
      this.#openRelay(surroundings, open, ip, resolvedAt);
    });
  }

  #openRelay(surroundings: ServerSurroundings, open: OpenRelay, ip: string, now: MonotonicMs): void {
    const { host, port, transport, username, password } = open.server;
    const handlers: RelayHandlers = {
      onAllocated: (relayed, mapped) => {
        open.address = { relayed, mapped };
        answer(open);
      },
      onFailed: (failure) => {
        if (this.#relay === open) this.#failRelay(surroundings, open, failure);
      },
    };
    const server = { address: { ip, port }, host, transport, username, password };
    open.relay = surroundings.openRelay(server, handlers, now);
    if (open.relay === undefined) return this.#failRelay(surroundings, open, { type: 'too-many' });
    for (const { protocol, address } of this.#options.remoteCandidates()) {
      if (protocol === 'udp') open.relay.permit(address, now);
    }
  }

  #failRelay(surroundings: ServerSurroundings, open: OpenRelay, cause: TurnRefusalCause): void {
    const { code, message } = turnRefusal(open.server, cause);
    this.#relay = undefined;
    surroundings.log('warn', `${this.#name} has no relayed address. ${message}`);
    this.#options.onChange({ type: 'relay-failed', code, message });
    answer(open);
  }

  #closeRelay(now: MonotonicMs): void {
    const open = this.#relay;
    this.#relay = undefined;
    open?.relay?.close(now);
    if (open !== undefined) answer(open);
  }

  get #name(): string {
    return `Endpoint ${this.#options.endpointId}`;
  }
}

/** Sockets throw at others. */
function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 0xffff;
}

function answer({ waiting }: OpenRelay): void {
  for (const onAnswered of waiting.splice(0)) onAnswered();
}

function isSame(a: TurnServer, b: TurnServer): boolean {
  const isThere = a.host === b.host && a.port === b.port && a.transport === b.transport;
  return isThere && a.username === b.username && a.password === b.password;
}
