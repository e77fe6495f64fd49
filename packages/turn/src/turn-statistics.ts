import type { ClientTransport, turnServerCounters } from '@rivero/protocol/turn-server';

/** What a TURN server has, and what it has counted since it started. */
export interface TurnStatistics {
  /** By what carries their clients' messages. */
  readonly allocations: Readonly<Record<ClientTransport, number>>;
  readonly connections: Readonly<Record<'tcp' | 'tls', number>>;
  readonly peerDataConnections: number;
  /** `socket-full`: packets that found a socket full, or could not be sent. */
  readonly counted: Readonly<Record<(typeof turnServerCounters)[number] | 'socket-full', number>>;
}
