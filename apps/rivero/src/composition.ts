import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CodedError, type WallClockMs, wallClockMs } from '@rivero/core';
import { type EngineOptions, type RunningEngine, startEngine } from '@rivero/engine';
import { type Kurento, kurentoMetrics } from '@rivero/kurento';
import { createSignaling, type IceServerSource, roomMetrics } from '@rivero/platform';
import {
  type Config,
  type HealthReport,
  type LocalAddress,
  type Logs,
  listLocalAddresses,
  Metrics,
  openDataDir,
  openSelfSigned,
  openWebServers,
  processMetrics,
  readOwnCertificate,
  type Shutdown,
  type TlsPair,
  watchProcess,
} from '@rivero/runtime';
import { type Turn, turnMetrics } from '@rivero/turn';
import type { Reachable } from './addresses.ts';
import { externalAddresses } from './external-addresses.ts';
import { inUrl } from './hosts.ts';
import {
  externalIceServers,
  noIceServers,
  notForRooms,
  ownIceServers,
  type OwnServerPlace,
  ownTurnUrls,
} from './ice-servers.ts';
import { openKurentoApi } from './kurento-api.ts';
import { metricsPage } from './metrics-page.ts';
import { openTurnServer, type TurnServer } from './turn-server.ts';

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
  /** What handles the packets of media. */
  readonly datapath: 'native' | 'twin';
  /** Why it is the twin, which was not asked for. */
  readonly twinReason: string | undefined;
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

  const metrics = new Metrics();
  metrics.add(processMetrics, watchProcess(version));

  await openDataDir(config.dataDir);
  const openingEngine = engineOptions(config, logs).then(startEngine);
  const certificate = once(() => openCertificate(config, localAddresses));
  const openingWeb = openWebServers({
    log: logs.module('http'),
    webRoot,
    sdkRoot,
    examplesRoot,
    health,
    metrics: metricsPage({ config, hosts: [...config.publicHosts, ...ownNames()], metrics }),
    host: config.httpHost,
    httpPort: config.httpPort,
    httpsPort: config.httpsPort,
    certificate,
  });
  const [web, startedEngine] = await Promise.all([openingWeb, openingEngine]);
  engine = startedEngine;
  httpsPort = web.httpsPort;
  shutdown.add('web servers', () => web.stop());
  shutdown.add('media engine', () => startedEngine.stop());

  const turn = await openTurnServer({
    config,
    engine,
    log: logs.module('turn'),
    certificate: () => openCertificate(config, localAddresses),
  });
  if (turn.type === 'open') {
    metrics.add(turnMetrics, () => turn.turn.statistics());
    shutdown.add('TURN server', () => turn.turn.stop());
  }
  const { roomCapacity, socketsPerAddress, trustProxy, publicHosts, signalingOrigins } = config;
  const signaling = createSignaling({
    servers: web.servers,
    engine,
    log: logs.module('signaling'),
    roomCapacity,
    iceServers: config.mediaUdp ? iceServers(turn, config) : notForRooms(iceServers(turn, config)),
    socketsPerAddress,
    trustProxy,
    foreignOrigins: signalingOrigins,
    hosts: publicHosts.length === 0 ? undefined : [...publicHosts, ...ownNames()],
  });
  metrics.add(roomMetrics, () => signaling.statistics());
  shutdown.add('signaling', () => signaling.stop());
  const kurento = await openKurentoApi({ config, engine, log: logs.module('kurento'), certificate });
  if (kurento.type === 'open') {
    metrics.add(kurentoMetrics, () => kurento.kurento.statistics());
    shutdown.add('Kurento API', () => kurento.kurento.stop());
  }
  shutdown.add('health', () => {
    status = 'stopping';
  });
  status = 'started';
  return {
    httpPort: web.httpPort,
    httpsPort: web.httpsPort,
    host: config.httpHost,
    kurentoUrls: kurento.type === 'open' ? kurentoUrls(kurento.kurento, config) : [],
    kurentoProblem: kurento.type === 'refused' ? kurento.error.message : undefined,
    turnUrls: turn.type === 'open' ? ownTurnUrls(placeOf(turn.turn, config)) : [],
    externalTurnUrls: turn.type === 'external' ? turn.urls : [],
    turnProblem: turn.type === 'refused' ? turn.error.message : undefined,
    localAddresses,
    externalAddresses: externalAddresses(config),
    isSelfMade: config.tlsCert === undefined,
    datapath: engine.datapath,
    twinReason: engine.twinReason,
    replaceMediaWorkers: async () => {
      await Promise.all(startedEngine.ports.map((_, index) => startedEngine.replaceWorker(index)));
    },
  };
}

function iceServers(turn: TurnServer, config: Config): IceServerSource {
  const wallNow = (): WallClockMs => wallClockMs(Date.now());
  switch (turn.type) {
    case 'open':
      return ownIceServers({ ...placeOf(turn.turn, config), secret: turn.secret, wallNow });
    case 'external':
      return externalIceServers({ urls: turn.urls, secret: turn.secret, wallNow });
    case 'off':
    case 'refused':
      return noIceServers;
  }
}

function placeOf({ port, tlsPort }: Turn, config: Config): OwnServerPlace {
  return {
    port,
    tlsPort,
    turnHost: config.turnHost,
    externalAddresses: externalAddresses(config),
    localAddresses: listLocalAddresses,
    machineName: hostname(),
  };
}

/** Names of this machine that work without any DNS that others could turn. */
function ownNames(): readonly string[] {
  const name = hostname().toLowerCase();
  return ['localhost', name, `${name}.local`];
}

async function engineOptions(config: Config, logs: Logs): Promise<EngineOptions> {
  const { mediaWorkers, mediaPort, datapath, mediaUdp, mediaTcp, externalIpv4, externalIpv6, rtpPorts } = config;
  const placement = { roomSessionsMax: config.roomSessionsPerWorker };
  return {
    workers: mediaWorkers,
    mediaPort,
    datapath,
    udp: mediaUdp,
    tcp: mediaTcp,
    placement,
    rtpPorts,
    ...(externalIpv4 === undefined ? {} : { externalIpv4 }),
    ...(externalIpv6 === undefined ? {} : { externalIpv6 }),
    dtlsPems: {
      ...(await readPem('rsa', 'RIVERO_DTLS_RSA_PEM', config.dtlsRsaPem)),
      ...(await readPem('ecdsa', 'RIVERO_DTLS_ECDSA_PEM', config.dtlsEcdsaPem)),
    },
    log: logs.module('engine'),
  };
}

async function readPem(type: 'rsa' | 'ecdsa', setting: string, file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  try {
    return { [type]: await readFile(file, 'utf8') };
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = `${setting} names ${file}, which cannot be read (${cause}); set it to another file.`;
    throw new CodedError('tls-file-unreadable', message, { setting, file, cause });
  }
}

/** What is made at the first call, for all. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

function kurentoUrls({ port, tlsPort }: Kurento, { kurentoHost }: Config): readonly string[] {
  const host = inUrl(kurentoHost ?? 'localhost');
  return [
    ...(port === undefined ? [] : [`ws://${host}:${port}/kurento`]),
    ...(tlsPort === undefined ? [] : [`wss://${host}:${tlsPort}/kurento`]),
  ];
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
