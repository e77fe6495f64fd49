import type { IncomingMessage } from 'node:http';
import { Metrics } from '@rivero/runtime';
import { describe, expect, it } from 'vitest';
import { metricsPage, type MetricsPageOptions } from './metrics-page.ts';

type Settings = Partial<MetricsPageOptions['config']>;

/** What a request is refused with; undefined: it is not. */
function refusal(
  settings: Settings,
  remoteAddress: string,
  headers: Readonly<Record<string, string>> = {},
): { readonly code: string; readonly message: string } | undefined {
  const page = metricsPage({
    config: { metricsAllow: ['127.0.0.0/8', '::1'], trustProxy: false, ...settings },
    hosts: ['localhost', 'example.org'],
    metrics: new Metrics(),
  });
  const request: Pick<IncomingMessage, 'headers'> & { readonly socket: object } = {
    headers: { host: 'localhost:8080', ...headers },
    socket: { remoteAddress },
  };
  return page.objectTo(request as IncomingMessage);
}

const behindProxy = { trustProxy: true };
const network = { metricsAllow: ['10.0.0.0/8', '2001:db8::/32'] };

describe('the metrics', () => {
  it.each<[string, Settings, string, Readonly<Record<string, string>>]>([
    ['this machine', {}, '127.0.0.1', {}],
    ['this machine by IPv6', {}, '::1', {}],
    ['this machine, where servers listen on both families', {}, '::ffff:127.0.0.1', {}],
    ['this machine, past the proxy', behindProxy, '127.0.0.1', {}],
    ['a program of the proxy’s machine', behindProxy, '127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
    ['a named network', network, '10.1.2.3', {}],
    ['a named network of IPv6', network, '2001:db8::9', {}],
    [
      'a client of the proxy',
      { ...network, ...behindProxy },
      '127.0.0.1',
      { 'x-forwarded-for': '192.0.2.1, 10.1.2.3' },
    ],
    ['a client of a named proxy', { ...network, ...behindProxy }, '10.0.0.1', { 'x-forwarded-for': '10.1.2.3' }],
    ['who asks by an address', {}, '127.0.0.1', { host: '127.0.0.1:8080' }],
    ['who asks by a public name', {}, '127.0.0.1', { host: 'Example.org' }],
  ])('are told to %s', (_, settings, address, headers) => {
    expect(refusal(settings, address, headers)).toBeUndefined();
  });

  it.each<[string, Settings, string, Readonly<Record<string, string>>]>([
    ['another machine', {}, '10.1.2.3', {}],
    ['another machine by IPv6', {}, 'fe80::1%eth0', {}],
    ['a network that is not named', network, '11.0.0.1', {}],
    ['this machine, when others are named', network, '127.0.0.1', {}],
    ['anybody, when they are off', { metricsAllow: [] }, '127.0.0.1', {}],
    ['a client of a proxy that nobody told of', {}, '127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
    ['a client of a proxy that says only that it is one', behindProxy, '127.0.0.1', { via: '1.1 proxy' }],
    ['a client of whom the proxy says no address', behindProxy, '127.0.0.1', { 'x-forwarded-for': 'unknown' }],
    ['a client of the proxy from elsewhere', behindProxy, '127.0.0.1', { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' }],
    ['who writes what proxies write', behindProxy, '192.0.2.1', { 'x-forwarded-for': '127.0.0.1' }],
    ['who writes so from a private network', behindProxy, '10.1.2.3', { 'x-forwarded-for': '::1' }],
  ])('are not told to %s', (_, settings, address, headers) => {
    expect(refusal(settings, address, headers)?.code).toBe('metrics-address-refused');
  });

  it('are not told to pages whose name was made to lead here, whatever they write', () => {
    const page = { host: 'evil.example:8080' };
    expect(refusal({}, '127.0.0.1', page)?.code).toBe('metrics-host-refused');
    const written = { ...page, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost' };
    expect(refusal(behindProxy, '127.0.0.1', written)?.code).toBe('metrics-host-refused');
  });

  it('say which setting lets somebody in', () => {
    expect(refusal({}, '192.0.2.1')?.message).toContain('RIVERO_METRICS_ALLOW');
    expect(refusal({ metricsAllow: [] }, '127.0.0.1')?.message).toContain('RIVERO_METRICS_ALLOW');
    expect(refusal({}, '127.0.0.1', { via: '1.1 proxy' })?.message).toContain('RIVERO_TRUST_PROXY');
    expect(refusal({}, '127.0.0.1', { host: 'strange' })?.message).toContain('RIVERO_PUBLIC_HOSTS');
  });
});
