import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { wallClockMs } from '@rivero/core';
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
import { openCalls } from './calls.ts';

const webRoot = fileURLToPath(new URL('../../web/dist', import.meta.url));

export interface CompositionOptions {
  readonly config: Config;
  readonly logs: Logs;
  readonly version: string;
  /** Takes every part that was started, in order. */
  readonly shutdown: Shutdown;
}

/** Where the program is reached. */
export interface Reachable {
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  readonly localAddresses: readonly LocalAddress[];
}

/** Builds and starts all parts: the servers first, so that `/healthz` can say "starting", then media and calls. */
export async function startAll({ config, logs, version, shutdown }: CompositionOptions): Promise<Reachable> {
  const localAddresses = listLocalAddresses();
  let status: HealthReport['status'] = 'starting';
  let isMediaHealthy = (): boolean => false;
  const health = (): HealthReport => ({
    status: status === 'ok' && !isMediaHealthy() ? 'unhealthy' : status,
    version,
    uptime: Math.round(process.uptime()),
    mediaWorkers: config.mediaWorkers,
  });

  await openDataDir(config.dataDir);
  const web = await openWebServers({
    log: logs.module('http'),
    webRoot,
    health,
    host: config.httpHost,
    httpPort: config.httpPort,
    httpsPort: config.httpsPort,
    certificate: () => openCertificate(config, localAddresses),
  });
  shutdown.add('web servers', () => web.stop());

  isMediaHealthy = await openCalls({ config, logs, servers: web.servers, shutdown });
  shutdown.add('health', () => {
    status = 'stopping';
  });
  status = 'ok';
  return { httpPort: web.httpPort, httpsPort: web.httpsPort, localAddresses };
}

function openCertificate(config: Config, localAddresses: readonly LocalAddress[]): Promise<TlsPair> {
  const { tlsCert, tlsKey, dataDir, externalIpv4, externalIpv6 } = config;
  if (tlsCert !== undefined && tlsKey !== undefined) return readOwnCertificate(tlsCert, tlsKey);
  return openSelfSigned({
    dataDir,
    hostname: hostname(),
    localAddresses,
    externalAddresses: [externalIpv4, externalIpv6].filter((address) => address !== undefined),
    now: wallClockMs(Date.now()),
  });
}
