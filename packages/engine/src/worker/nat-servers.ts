import { earliest, type MonotonicMs, type PathHandle, type RandomBytes } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { HostNames, monotonicNow, NatPunches, ReflexiveAddresses, Relays, resolveHost } from '@rivero/transport';
import type { ServerSurroundings } from './endpoint/endpoint-servers.ts';

export interface NatServersOptions {
  readonly datapath: Datapath;
  readonly random: RandomBytes;
  readonly isValidated: (path: PathHandle) => boolean;
  readonly onPathClosed: (path: PathHandle) => void;
  /** Hands over what was given to the datapath; what one wake-up brings goes together. */
  readonly deliver: () => void;
  /** Something happened outside of any batch, request or timer. */
  readonly onSettled: () => void;
  readonly log: ServerSurroundings['log'];
}

/** The action once, when the event loop has seen to all sockets. */
function soon(action: () => void): () => void {
  let isPending = false;
  return () => {
    if (isPending) return;
    isPending = true;
    setImmediate(() => {
      isPending = false;
      action();
    });
  };
}

/** The STUN and TURN servers that a worker's endpoints ask. */
export class NatServers {
  readonly #names = new HostNames(resolveHost);
  readonly #reflexive: ReflexiveAddresses;
  readonly #relays: Relays;
  readonly #punches: NatPunches;
  /** For the endpoints. */
  readonly surroundings: ServerSurroundings;

  constructor(options: NatServersOptions) {
    const { datapath, random, isValidated, onPathClosed, deliver, onSettled, log } = options;
    const onReceived = soon(deliver);
    this.#reflexive = new ReflexiveAddresses({ datapath, random });
    this.#punches = new NatPunches({ datapath, random });
    this.#relays = new Relays({ datapath, random, isValidated, onPathClosed, onReceived, onTouched: onSettled });
    this.surroundings = {
      resolve: (host, onResolved) => {
        void (async () => {
          onResolved(await this.#names.resolve(host, monotonicNow()), monotonicNow());
          onSettled();
        })();
      },
      askStun: (server, onAsked, now) => this.#reflexive.ask(server, onAsked, now),
      openRelay: (server, { onAllocated, onFailed }, now) => {
        const handlers = {
          onAllocated,
          onFailed: (failure: Parameters<typeof onFailed>[0]) => {
            onFailed(failure);
            onSettled();
          },
        };
        return this.#relays.open(server, handlers, now);
      },
      punch: (remote, now) => this.#punches.punch(remote, now),
      log,
    };
  }

  /** A STUN response that is no session's; false: it is nobody's. */
  handleResponse(bytes: Uint8Array, path: PathHandle, now: MonotonicMs): boolean {
    return this.#reflexive.handleResponse(bytes, path, now);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#reflexive.handleTimeout(now);
    this.#relays.handleTimeout(now);
    this.#punches.handleTimeout(now);
  }

  deadline(): MonotonicMs {
    return earliest(this.#reflexive.deadline(), this.#relays.deadline(), this.#punches.deadline());
  }

  /** How often each thing happened, by part and name. */
  counters(): Readonly<Record<string, number>> {
    const parts = {
      stun: this.#reflexive.counters,
      punch: this.#punches.counters,
      relay: this.#relays.counters,
      turn: this.#relays.clientCounters,
    };
    return Object.fromEntries(
      Object.entries(parts).flatMap(([part, counters]) =>
        Object.entries(counters.snapshot()).map(([name, count]) => [`${part}/${name}`, count]),
      ),
    );
  }
}
