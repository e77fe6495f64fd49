import { type BitsPerSecond, bitsPerSecond, type Milliseconds, milliseconds } from '@rivero/core';
import type { SourceLimit } from './source-limiter.ts';

/** Who may have TCP relays (RFC 6062): users of the configuration, time-limited names too, or nobody. */
export type TcpRelays = 'users' | 'all' | 'off';

/** How much of everything a server gives. */
export interface TurnServerLimits {
  readonly allocationsMax: number;
  readonly allocationsPerUserMax: number;
  /** Of an IPv4 address or a /64, however many names it has. */
  readonly allocationsPerSourceMax: number;
  /** Of all allocations of a user, both directions together; 0: no limit. */
  readonly bandwidthPerUser: BitsPerSecond;
  /** Of one allocation. */
  readonly permissionsMax: number;
  readonly channelsMax: number;
  readonly tcpRelays: TcpRelays;
  /** Peer data connections (RFC 6062) of one allocation. */
  readonly peerDataConnectionsMax: number;
  readonly peerDataConnectionsPerUserMax: number;
  readonly peerDataConnectionsInAllMax: number;
  readonly lifetimeMax: Milliseconds;
  /** An allocation by which nothing went for so long is closed, however often it is refreshed. */
  readonly idleMax: Milliseconds;
  readonly nonceLifetime: Milliseconds;
  /** Answers to requests without credentials or with wrong ones. */
  readonly challenges: SourceLimit;
  /** Wrong credentials of a source before none of it are looked at. */
  readonly guesses: SourceLimit;
  /** Sockets that a source may have opened: relayed addresses, and peer data connections. */
  readonly openings: SourceLimit;
  /** Answers to Binding requests. */
  readonly bindings: SourceLimit;
}

/** An allocation lives so long unless it is refreshed (RFC 8656 section 7.2). */
export const lifetimeDefault = milliseconds(600_000);

export const permissionLifetime = milliseconds(300_000);

export const channelLifetime = milliseconds(600_000);

/** How long the port beside an even one is kept (RFC 8656 section 7.2: at least 30 s). */
export const reservationLifetime = milliseconds(30_000);

/** For a peer to accept a connection, and for a client to bind one (RFC 6062 sections 5.2 and 5.3). */
export const peerDataConnectionTimeout = milliseconds(30_000);

/** How long a connection may be without an allocation, and without a peer's. */
export const connectionUnusedMax = milliseconds(30_000);

/** For the driver to open a relayed address. */
export const openTimeout = milliseconds(10_000);

export const turnServerLimits: TurnServerLimits = {
  allocationsMax: 4_000,
  allocationsPerUserMax: 64,
  allocationsPerSourceMax: 1_024,
  bandwidthPerUser: bitsPerSecond(30_000_000),
  permissionsMax: 256,
  channelsMax: 256,
  tcpRelays: 'users',
  peerDataConnectionsMax: 32,
  peerDataConnectionsPerUserMax: 256,
  peerDataConnectionsInAllMax: 2_048,
  lifetimeMax: milliseconds(3_600_000),
  idleMax: milliseconds(3_600_000),
  nonceLifetime: milliseconds(3_600_000),
  challenges: { perSecond: 100, burst: 500 },
  guesses: { perSecond: 10, burst: 200 },
  openings: { perSecond: 50, burst: 1_000 },
  bindings: { perSecond: 200, burst: 1_000 },
};
