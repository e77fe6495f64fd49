import type { MediaEngine } from '@rivero/engine';
import type { Config, Log, Logs, Shutdown, WebServer } from '@rivero/runtime';

export interface CallsOptions {
  readonly config: Config;
  readonly logs: Logs;
  readonly servers: readonly WebServer[];
  readonly shutdown: Shutdown;
}

interface EngineOptions {
  readonly workers: number;
  readonly mediaPort: number;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
  readonly log: Log;
}

interface RunningEngine extends MediaEngine {
  isHealthy(): boolean;
  stop(): Promise<void>;
}

type StartEngine = (options: EngineOptions) => Promise<RunningEngine>;

interface SignalingOptions {
  readonly servers: readonly WebServer[];
  readonly engine: MediaEngine;
  readonly log: Log;
  readonly roomCapacity: number;
}

type CreateSignaling = (options: SignalingOptions) => { stop(): Promise<void> };

/** Starts the media engine and the signaling above it. Answers with the question whether media works. */
export async function openCalls({ config, logs, servers, shutdown }: CallsOptions): Promise<() => boolean> {
  const log = logs.module('rivero');
  const startEngine = await findExport<StartEngine>('@rivero/engine', 'startEngine');
  if (startEngine === undefined) {
    log.warn('there is no media engine yet');
    return () => false;
  }
  const { externalIpv4, externalIpv6 } = config;
  const engine = await startEngine({
    workers: config.mediaWorkers,
    mediaPort: config.mediaPort,
    udp: config.mediaUdp,
    tcp: config.mediaTcp,
    ...(externalIpv4 === undefined ? {} : { externalIpv4 }),
    ...(externalIpv6 === undefined ? {} : { externalIpv6 }),
    log: logs.module('engine'),
  });
  shutdown.add('media engine', () => engine.stop());
  const createSignaling = await findExport<CreateSignaling>('@rivero/platform', 'createSignaling');
  if (createSignaling === undefined) log.warn('there is no signaling yet');
  else {
    const { roomCapacity } = config;
    const signaling = createSignaling({ servers, engine, log: logs.module('signaling'), roomCapacity });
    shutdown.add('signaling', () => signaling.stop());
  }
  return () => engine.isHealthy();
}

/** For as long as the packages below are being written: what is not there yet is left out. */
async function findExport<Value>(packageName: string, name: string): Promise<Value | undefined> {
  const exported: Readonly<Record<string, Value | undefined>> = await import(packageName).catch(() => ({}));
  return exported[name];
}
