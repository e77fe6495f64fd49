import { CodedError } from '@rivero/core';
import type { RunningEngine } from '@rivero/engine';
import { type Kurento, startKurento } from '@rivero/kurento';
import { type Config, listenProblem, type Log, Networks, type TlsPair } from '@rivero/runtime';

export interface KurentoApiOptions {
  readonly config: Config;
  readonly engine: RunningEngine;
  readonly log: Log;
  readonly certificate: () => Promise<TlsPair>;
}

/** The Kurento API of this program, or why there is none: meetings go on without it. */
export type KurentoApi =
  | { readonly type: 'off' }
  | { readonly type: 'open'; readonly kurento: Kurento }
  | { readonly type: 'refused'; readonly error: CodedError };

/** Opens the Kurento API where it is wanted. A port that is taken is told, and ends nothing. */
export async function openKurentoApi({ config, engine, log, certificate }: KurentoApiOptions): Promise<KurentoApi> {
  const { kurentoPort: port, kurentoTlsPort: tlsPort, kurentoHost: host } = config;
  if (port === 'off' && tlsPort === 'off') return { type: 'off' };
  try {
    const kurento = await startKurento({
      engine,
      log,
      host,
      port,
      tlsPort,
      certificate,
      allowedAddresses: config.kurentoAllow.length === 0 ? undefined : new Networks(config.kurentoAllow),
      allowedOrigins: config.kurentoOrigins,
      token: config.kurentoToken,
    });
    return { type: 'open', kurento };
  } catch (error) {
    const refusal = refusalOf(error, config);
    if (refusal === undefined) throw error;
    log.error(refusal.message);
    return { type: 'refused', error: refusal };
  }
}

function refusalOf(error: unknown, config: Config): CodedError | undefined {
  const failed = error instanceof Error && 'port' in error ? error.port : undefined;
  const isTls = failed !== undefined && failed === config.kurentoTlsPort;
  const setting = isTls ? 'RIVERO_KURENTO_TLS_PORT' : 'RIVERO_KURENTO_PORT';
  const port = isTls ? config.kurentoTlsPort : config.kurentoPort;
  const problem = listenProblem(error, {
    setting,
    hostSetting: 'RIVERO_KURENTO_HOST',
    port: Number(port),
    host: config.kurentoHost,
  });
  return problem instanceof CodedError ? problem : undefined;
}
