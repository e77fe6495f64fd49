import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { wallClockMs } from '@rivero/core';
import { type EngineOptions, type RunningEngine, startEngine } from '@rivero/engine';
import { createSignaling } from '@rivero/platform';
import {
  type Config,
  type HealthReport,
  type LocalAddress,
  type Logs,
  listLocalAddresses,
  openDataDir,
  openSelfSigned,
  openWebServers,
  readOwnCertificate,
  type Shutdown,
  type TlsPair,
} from '@rivero/runtime';
import type { Reachable } from './addresses.ts';

const webRoot = fileURLToPath(new URL('../../web/dist', import.meta.url));
const sdkRoot = fileURLToPath(new URL('../../../packages/sdk/dist', import.meta.url));
const examplesRoot = fileURLToPath(new URL('../../../examples', import.meta.url));

export interface CompositionOptions {
  readonly config: Config;
  readonly logs: Logs;
  readonly version: string;
  /** Takes every part that was started, in order. */
  readonly shutdown: Shutdown;
}

export interface RunningParts extends Reachable {
  /** Ends the media workers and starts new ones, which see this machine's present addresses; calls go on by themselves. */
  replaceMediaWorkers(): Promise<void>;
}

/**
 * Builds and starts all parts. The servers and the media engine start side by side; until both are up and calls can be
 * made, `/healthz` says "starting".
 */
export async function startAll({ config, logs, version, shutdown }: CompositionOptions): Promise<RunningParts> {
  const localAddresses = listLocalAddresses();
  let status: 'starting' | 'stopping' | 'started' = 'starting';
  let engine: RunningEngine | undefined;
  let httpsPort: number | undefined;
  const health = (): HealthReport => ({
    status: status === 'started' ? (engine?.isHealthy() === true ? 'ok' : 'unhealthy') : status,
    version,
    uptime: Math.round(process.uptime()),
    mediaWorkers: config.mediaWorkers,
    // A page that came by http leads there.
    httpsPort,
  });

  await openDataDir(config.dataDir);
  const openingEngine = startEngine(engineOptions(config, logs));
  const openingWeb = openWebServers({
    log: logs.module('http'),
    webRoot,
    sdkRoot,
    examplesRoot,
    health,
    host: config.httpHost,
    httpPort: config.httpPort,
    httpsPort: config.httpsPort,
    certificate: () => openCertificate(config, localAddresses),
  });
  const [web, startedEngine] = await Promise.all([openingWeb, openingEngine]);
  engine = startedEngine;
  httpsPort = web.httpsPort;
  shutdown.add('web servers', () => web.stop());
  shutdown.add('media engine', () => startedEngine.stop());

  const { roomCapacity, socketsPerAddress, trustProxy, publicHosts, signalingOrigins } = config;
  const signaling = createSignaling({
    servers: web.servers,
    engine,
    log: logs.module('signaling'),
    roomCapacity,
    socketsPerAddress,
    trustProxy,
    foreignOrigins: signalingOrigins,
    hosts: publicHosts.length === 0 ? undefined : [...publicHosts, ...ownNames()],
  });
  shutdown.add('signaling', () => signaling.stop());
  shutdown.add('health', () => {
    status = 'stopping';
  });
  status = 'started';
  return {
    httpPort: web.httpPort,
    httpsPort: web.httpsPort,
    host: config.httpHost,
    localAddresses,
    externalAddresses: externalAddresses(config),
    isSelfMade: config.tlsCert === undefined,
    replaceMediaWorkers: async () => {
      await Promise.all(startedEngine.ports.map((_, index) => startedEngine.replaceWorker(index)));
    },
  };
}

/** Names of this machine that work without any DNS that others could turn. */
function ownNames(): readonly string[] {
  const name = hostname().toLowerCase();
  return ['localhost', name, `${name}.local`];
}

function engineOptions(config: Config, logs: Logs): EngineOptions {
  const { mediaWorkers, mediaPort, mediaUdp, mediaTcp, externalIpv4, externalIpv6 } = config;
  return {
    workers: mediaWorkers,
    mediaPort,
    udp: mediaUdp,
    tcp: mediaTcp,
    ...(externalIpv4 === undefined ? {} : { externalIpv4 }),
    ...(externalIpv6 === undefined ? {} : { externalIpv6 }),
    log: logs.module('engine'),
  };
}

function externalAddresses({ externalIpv4, externalIpv6 }: Config): readonly string[] {
  return [externalIpv4, externalIpv6].filter((address) => address !== undefined);
}

function openCertificate(config: Config, localAddresses: readonly LocalAddress[]): Promise<TlsPair> {
  const { tlsCert, tlsKey, dataDir } = config;
  if (tlsCert !== undefined && tlsKey !== undefined) return readOwnCertificate(tlsCert, tlsKey);
  return openSelfSigned({
    dataDir,
    hostname: hostname(),
    localAddresses,
    externalAddresses: externalAddresses(config),
    now: wallClockMs(Date.now()),
  });
}
