import { randomUUID } from 'node:crypto';
import { isLoopback, type MonotonicMs, type WallClockMs, wallClockMs } from '@rivero/core';
import type { EndpointEngine, MediaEngine } from '@rivero/engine';
import { Elements } from './elements/index.ts';
import type { KurentoLog } from './kurento-log.ts';
import { machineUse } from './objects/machine-use.ts';
import { KurentoObjects } from './objects/object-model.ts';
import { type AccessRules, type CertificatePair, openKurentoServer } from './server/index.ts';

export interface KurentoOptions extends AccessRules {
  readonly engine: EndpointEngine & Pick<MediaEngine, 'openRoom' | 'closeRoom' | 'onEvent'>;
  readonly log: KurentoLog;
  /** `localhost`: both loopback addresses; undefined: every address. */
  readonly host: string | undefined;
  readonly port: number | 'off';
  readonly tlsPort: number | 'off';
  /** Asked for only when there is to be TLS. */
  readonly certificate: () => Promise<CertificatePair>;
  /** What sessions and sockets are timed by. Left out: the clock of this process. */
  readonly monotonicNow?: () => MonotonicMs;
}

export interface KurentoStatistics {
  readonly sockets: number;
  readonly sessions: number;
  /** All objects, the server itself included. */
  readonly objects: number;
  readonly subscriptions: number;
}

/** The Kurento API that was opened. */
export interface Kurento {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  statistics(): KurentoStatistics;
  /** Tells all clients, and releases every object. */
  stop(): Promise<void>;
}

/** Opens the Kurento API over the engine. Fails as `listen` of `node:net` does when a port cannot be had. */
export async function startKurento(options: KurentoOptions): Promise<Kurento> {
  const { engine, log } = options;
  const now = (): WallClockMs => wallClockMs(Date.now());
  const tellBug = (error: unknown): void => log.error(`An object failed: ${describe(error)}`);
  const hasLatencyStats = (pipelineId: string): boolean => model.hasLatencyStats(pipelineId);
  // Before the objects: it hears of lost rooms first.
  const elements = new Elements({ engine, hasLatencyStats, now, tellBug });
  const model = new KurentoObjects({
    engine,
    factories: elements.factories,
    graphText: elements.graphText,
    machine: machineUse,
    now,
    uuid: randomUUID,
    tellBug,
  });
  const { host, token, allowedAddresses } = options;
  const isOpen = token === undefined && allowedAddresses === undefined;
  if (isOpen && host !== 'localhost' && !isLoopback(host ?? '')) {
    log.warn(
      'Whoever reaches the port of the Kurento API owns the media server; set RIVERO_KURENTO_TOKEN or RIVERO_KURENTO_ALLOW.',
    );
  }
  const close = async (): Promise<void> => {
    await model.close();
    elements.close();
  };
  try {
    const { monotonicNow } = options;
    const clock = monotonicNow === undefined ? {} : { now: monotonicNow };
    const server = await openKurentoServer({ ...options, ...clock, model });
    return {
      port: server.port,
      tlsPort: server.tlsPort,
      statistics: () => {
        const { sockets, sessions } = server.statistics();
        const { objects, subscriptions } = model.sizes;
        return { sockets, sessions, objects, subscriptions };
      },
      stop: async () => {
        await server.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
