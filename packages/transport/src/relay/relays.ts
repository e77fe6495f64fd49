import { Counters, Deadlines, type MonotonicMs, type PathHandle, type RandomBytes } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { turnClientCounters } from '@rivero/protocol/turn';
import { Relay, relayCounters, type RelayHandlers } from './relay.ts';
import type { RelayServer } from './relay-server.ts';

export interface RelaysOptions {
  readonly datapath: Datapath;
  readonly random: RandomBytes;
  /** True for a path that ICE of an open session has validated. */
  readonly isValidated: (path: PathHandle) => boolean;
  /** A path is about to close because its relay failed. */
  readonly onPathClosed: (path: PathHandle) => void;
  /** Packets were handed to the datapath. */
  readonly onReceived: () => void;
  /** The deadline may be another. */
  readonly onTouched: () => void;
}

/** Relays of one worker at once; each has a socket of its own. */
export const relaysMax = 1_024;

/** The relayed addresses of one worker. */
export class Relays {
  readonly counters = new Counters(relayCounters);
  /** Of their TURN clients. */
  readonly clientCounters = new Counters(turnClientCounters);
  readonly #options: RelaysOptions;
  readonly #relays = new Set<Relay>();
  /** Of each, or earlier. */
  readonly #deadlines = new Deadlines<Relay>();

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#relays.size;
  }

  /** `undefined` when there are too many. Its handlers are called later, never at once. */
  open(server: RelayServer, handlers: RelayHandlers, now: MonotonicMs): Relay | undefined {
    if (this.#relays.size >= relaysMax) return undefined;
    const { counters, clientCounters } = this;
    const onTouched = (): void => this.#touch(relay);
    const onOver = (): void => {
      this.#relays.delete(relay);
      this.#deadlines.delete(relay);
    };
    const relay: Relay = new Relay(
      { ...this.#options, server, handlers, counters, clientCounters, onTouched, onOver },
      now,
    );
    this.#relays.add(relay);
    this.#touch(relay);
    return relay;
  }

  handleTimeout(now: MonotonicMs): void {
    // One that is not over touches itself, and so has a deadline again.
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
      due.handleTimeout(now);
    }
  }

  deadline(): MonotonicMs {
    return this.#deadlines.first();
  }

  close(now: MonotonicMs): void {
    for (const relay of this.#relays) relay.close(now);
  }

  #touch(relay: Relay): void {
    this.#deadlines.set(relay, relay.deadline());
    this.#options.onTouched();
  }
}
