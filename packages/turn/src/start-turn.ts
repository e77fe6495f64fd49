import type { BitsPerSecond, PortRange } from '@rivero/core';
import {
  PeerPolicy,
  type TcpRelays,
  TurnAccounts,
  type TurnAccountsOptions,
  turnServerLimits,
} from '@rivero/protocol/turn-server';
import { type DatagramSockets, type DatapathChoice, openDatagramSockets } from '@rivero/datapath';
import type { Log, TlsPair } from '@rivero/runtime';
import {
  addressesOfThisMachine,
  addressesToListenOn,
  followRelayAddresses,
  networksOfThisMachine,
  noOwnAddress,
  ownAddresses,
  relayAddresses,
} from './own-addresses.ts';
import { ShownCertificate } from './shown-certificate.ts';
import { TurnJournal } from './turn-journal.ts';
import { TurnService } from './turn-service.ts';
import type { TurnStatistics } from './turn-statistics.ts';

export interface TurnOptions extends TurnAccountsOptions {
  readonly log: Log;
  /** Whose UDP sockets it has: the native datapath's, or Node's (`twin`). */
  readonly datapath: DatapathChoice;
  /** Undefined: every address of this machine. */
  readonly host: string | undefined;
  /** UDP and TCP; 0: any that is free. */
  readonly port: number | 'off';
  readonly tlsPort: number | 'off';
  /** Read again every minute, so that a new one is used from the next handshake on. */
  readonly certificate: () => Promise<TlsPair>;
  readonly relayPorts: PortRange;
  /** Of this machine, one of a family; the others are found out. */
  readonly relayAddresses: readonly string[];
  /** By which others reach those, one of a family. */
  readonly externalAddresses: readonly string[];
  /** Addresses and CIDRs. */
  readonly allowedPeers: readonly string[];
  /** Ports of this machine, besides those of relays, that relays may reach. */
  readonly mediaPorts: readonly PortRange[];
  readonly allocationsMax: number;
  readonly allocationsPerUserMax: number;
  /** 0: no limit. */
  readonly bandwidthPerUser: BitsPerSecond;
  /** Who may have TCP relays (RFC 6062). */
  readonly tcpRelays: TcpRelays;
}

/** A TURN server that runs. */
export interface Turn {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  statistics(): TurnStatistics;
  stop(): Promise<void>;
}

/** Opens the STUN and TURN server: `turn-port-taken`, `host-unknown`, `turn-bad-peer-range`, `datapath-absent`. */
export async function startTurn(options: TurnOptions): Promise<Turn> {
  const sockets = openDatagramSockets(options.datapath);
  try {
    return await startOver(sockets, options);
  } catch (error) {
    sockets.close();
    throw error;
  }
}

async function startOver(sockets: DatagramSockets, options: TurnOptions): Promise<Turn> {
  const { log, port, tlsPort, relayPorts, externalAddresses } = options;
  for (const ip of options.relayAddresses) assertOwn(sockets, ip);
  const shown = tlsPort === 'off' ? undefined : await ShownCertificate.open(options.certificate, log);
  const journal = new TurnJournal(log);
  let relays = relayAddresses(options.relayAddresses, externalAddresses);
  const own = (): readonly string[] => [
    ...addressesOfThisMachine(),
    ...externalAddresses,
    ...Object.values(relays).map(({ ip }) => ip),
  ];
  const policy = new PeerPolicy({
    allow: options.allowedPeers,
    own: own(),
    ownNetworks: networksOfThisMachine(),
    ownPorts: [relayPorts, ...options.mediaPorts],
  });
  const service: TurnService = new TurnService({
    sockets,
    accounts: new TurnAccounts(options),
    policy,
    limits: {
      ...turnServerLimits,
      allocationsMax: options.allocationsMax,
      allocationsPerUserMax: options.allocationsPerUserMax,
      // A user alone at an address has what users have.
      allocationsPerSourceMax: Math.max(turnServerLimits.allocationsPerSourceMax, options.allocationsPerUserMax),
      bandwidthPerUser: options.bandwidthPerUser,
      tcpRelays: options.tcpRelays,
    },
    addresses: addressesToListenOn(options.host),
    ...(port === 'off' ? {} : { port }),
    ...(tlsPort === 'off' || shown === undefined ? {} : { tls: { port: tlsPort, certificate: shown.pair } }),
    relayAddresses: relays,
    relayPorts,
    onEvent: (event) => journal.handleEvent(event),
    onBug: (error) => log.error({ err: error }, 'a bug'),
    onSkipped: ({ ip, port: taken, setting, code }) =>
      log.warn({ ip, port: taken, code }, `not heard there: its port of ${setting} cannot be opened`),
    onMinute: () => {
      journal.tell(service.statistics());
      if (options.relayAddresses.length === 0) relays = followRelayAddresses(relays, ownAddresses());
      service.setRelayAddresses(relays);
      policy.setOwn(own(), networksOfThisMachine());
      void service.follow(addressesToListenOn(options.host));
      void shown?.reload((pair) => service.setCertificate(pair));
    },
  });
  await service.open();
  return {
    port: service.ports.plain,
    tlsPort: service.ports.tls,
    statistics: () => service.statistics(),
    stop: async () => {
      journal.tell(service.statistics());
      await service.close();
      sockets.close();
    },
  };
}

/** Clients would be refused one by one. */
function assertOwn(sockets: DatagramSockets, ip: string): void {
  const socket = sockets.bind({ ip, port: 0, onPacket: () => {} });
  if (!('send' in socket)) throw noOwnAddress(ip, 'RIVERO_TURN_RELAY_ADDRESS');
  socket.close();
}
