import { bitsPerSecond, CodedError } from '@rivero/core';
import type { RunningEngine } from '@rivero/engine';
import { type Config, type Log, openKeptSecret, type TlsPair } from '@rivero/runtime';
import { startTurn, type Turn } from '@rivero/turn';
import { externalAddresses } from './external-addresses.ts';

export interface TurnServerOptions {
  readonly config: Config;
  readonly engine: RunningEngine;
  readonly log: Log;
  /** Read anew at each call. */
  readonly certificate: () => Promise<TlsPair>;
}

/**
 * The STUN and TURN server of this program, or why there is none: others are named, its port is taken, or it is to be at an
 * address of another machine. Meetings go on without it.
 */
export type TurnServer =
  | { readonly type: 'off' }
  | { readonly type: 'external'; readonly urls: readonly string[]; readonly secret: string | undefined }
  /** `secret`: of time-limited credentials. */
  | { readonly type: 'open'; readonly turn: Turn; readonly secret: string }
  | { readonly type: 'refused'; readonly error: CodedError };

const refusals: ReadonlySet<string> = new Set(['turn-port-taken', 'host-unknown']);

/** Opens the TURN server where it is wanted. A port or an address that cannot be opened is told, and ends nothing. */
export async function openTurnServer({ config, engine, log, certificate }: TurnServerOptions): Promise<TurnServer> {
  const { turnPort: port, turnTlsPort: tlsPort, turnUrls, turnSecret } = config;
  if (turnUrls.length > 0) return { type: 'external', urls: turnUrls, secret: turnSecret };
  if (port === 'off' && tlsPort === 'off') return { type: 'off' };
  const secret = turnSecret ?? (await openKeptSecret(config.dataDir, 'turn-secret'));
  try {
    const turn = await startTurn({
      log,
      datapath: config.datapath,
      host: config.turnHost,
      port,
      tlsPort,
      certificate,
      realm: config.turnRealm,
      users: config.turnUsers,
      secrets: [secret],
      relayPorts: config.turnRelayPorts,
      relayAddresses: config.turnRelayAddress,
      externalAddresses: externalAddresses(config),
      allowedPeers: config.turnAllowPeers,
      mediaPorts: engine.ports.map((media) => ({ first: media, last: media })),
      allocationsMax: config.turnAllocations,
      allocationsPerUserMax: config.turnAllocationsPerUser,
      bandwidthPerUser: bitsPerSecond(config.turnBandwidth * 1_000),
      tcpRelays: config.turnTcpRelays,
    });
    return { type: 'open', turn, secret };
  } catch (error) {
    if (!(error instanceof CodedError) || !refusals.has(error.code)) throw error;
    log.error(error.message);
    return { type: 'refused', error };
  }
}
