import { formatTransportAddress } from '@rivero/core';
import { clientTransport, type TurnPath, type TurnServerEvent } from '@rivero/protocol/turn-server';
import type { Log } from '@rivero/runtime';
import type { TurnStatistics } from './turn-statistics.ts';

type Counts = Readonly<Record<string, number>>;

/** What the log gets to see: single events for debugging, and now and then what was counted. No credentials. */
export class TurnJournal {
  readonly #log: Log;
  #last: Counts = {};

  constructor(log: Log) {
    this.#log = log;
  }

  handleEvent(event: TurnServerEvent): void {
    if (this.#log.isLevelEnabled('debug')) this.#log.debug(factsOf(event), event.type);
  }

  /** Tells what happened since the last time, if anything did. */
  tell({ allocations, counted }: TurnStatistics): void {
    const last = this.#last;
    this.#last = counted;
    const since = Object.entries(counted).map(([name, count]) => [name, count - (last[name] ?? 0)] as const);
    const changed: Counts = Object.fromEntries(since.filter(([, count]) => count > 0));
    const summary = {
      allocations: allocations.udp + allocations.tcp + allocations.tls,
      allocated: changed['allocated'] ?? 0,
      relayedBytes: (changed['bytes-from-clients'] ?? 0) + (changed['bytes-from-peers'] ?? 0),
      refusedPeers: changed['peer-refused'] ?? 0,
      authenticationFailures: changed['authentication-failed'] ?? 0,
    };
    const { allocated, relayedBytes, refusedPeers, authenticationFailures } = summary;
    if (allocated + relayedBytes + refusedPeers + authenticationFailures > 0) {
      this.#log.info(summary, 'relayed since the last time');
    }
    if (Object.keys(changed).length > 0) this.#log.debug(changed, 'counted since the last time');
  }
}

function factsOf(event: TurnServerEvent): object {
  switch (event.type) {
    case 'allocated':
      return {
        user: event.identity,
        client: clientOf(event.path),
        relayed: event.relayed.map((address) => formatTransportAddress(address)),
      };
    case 'closed': {
      const { identity: user, path, reason, bytesFromClient, bytesFromPeers } = event;
      return { user, client: clientOf(path), reason, bytesFromClient, bytesFromPeers };
    }
    case 'peer-refused':
      return { user: event.identity, peer: formatTransportAddress(event.peer), refusal: event.refusal };
    case 'quota-reached':
      return { user: event.identity, code: event.code };
    case 'authentication-failed':
      return { client: formatTransportAddress(event.remote) };
  }
}

function clientOf(path: TurnPath): string {
  return `${clientTransport(path)} ${formatTransportAddress(path.remote)}`;
}
