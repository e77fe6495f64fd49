import type { IncomingMessage } from 'node:http';
import { CodedError } from '@rivero/core';
import { forwardedAddress, isOwnOrigin } from '@rivero/platform';
import { type Config, type Metrics, type MetricsPage, Networks } from '@rivero/runtime';

export interface MetricsPageOptions {
  readonly config: Pick<Config, 'metricsAllow' | 'trustProxy'>;
  /** Names under which this server is asked for, besides its IP addresses. */
  readonly hosts: readonly string[];
  readonly metrics: Metrics;
}

/** What a proxy writes; one of them says that somebody else asks. */
const proxyHeaders = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'];

const loopback = new Networks(['127.0.0.0/8', '::1']);

/** `/metrics` for whom the settings name. */
export function metricsPage({ config, hosts, metrics }: MetricsPageOptions): MetricsPage {
  const { metricsAllow, trustProxy } = config;
  const allowed = new Networks(metricsAllow);
  const objectToAddress = (request: IncomingMessage): string | undefined => {
    if (metricsAllow.length === 0) return 'Nobody may read the metrics, as RIVERO_METRICS_ALLOW is off.';
    const forwarded = trustProxy ? forwardedAddress(request) : undefined;
    const isForwarded = proxyHeaders.some((name) => request.headers[name] !== undefined);
    if (isForwarded && forwarded === undefined) {
      return 'A proxy asks, and does not say for whom; see RIVERO_TRUST_PROXY, or ask this server itself.';
    }
    const { remoteAddress: from = '' } = request.socket;
    // Who is no proxy of ours can write any address; who may read all the same gains nothing by it.
    const isAllowed =
      forwarded === undefined ? allowed.has(from) : allowed.has(forwarded) && (loopback.has(from) || allowed.has(from));
    return isAllowed ? undefined : 'Your address may not read the metrics; add it to RIVERO_METRICS_ALLOW.';
  };
  return {
    contentType: metrics.contentType,
    objectTo: (request) => {
      const problem = objectToAddress(request);
      if (problem !== undefined) return new CodedError('metrics-address-refused', problem);
      // A page whose name was made to lead here can write what a proxy writes, but not the Host.
      const isOwn = [trustProxy, false].every((believed) => isOwnOrigin(request, { trustProxy: believed, hosts }));
      if (isOwn) return undefined;
      return new CodedError(
        'metrics-host-refused',
        'Ask for this server by localhost or its address, or add the name to RIVERO_PUBLIC_HOSTS.',
      );
    },
    read: () => metrics.read(),
  };
}
