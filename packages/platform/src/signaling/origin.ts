import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isHostName } from '@rivero/core';

/** Which requests come from pages of our own. */
export interface OriginRules {
  /** Believes what a proxy writes into `X-Forwarded-Host`. */
  readonly trustProxy: boolean;
  /** Names under which this server is asked for, in lower case; its IP addresses count too. Undefined: any. */
  readonly hosts: readonly string[] | undefined;
}

/** The host that the client asked for, with its port. */
export function askedHost({ headers }: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? [headers['x-forwarded-host']].flat().at(-1) : undefined;
  return (forwarded ?? headers.host ?? '').split(',').at(-1)?.trim().toLowerCase() ?? '';
}

/**
 * The name or IP address that the client asked for, without port and brackets, in one spelling; undefined: what it sent is
 * neither.
 */
export function askedHostName(request: IncomingMessage, trustProxy: boolean): string | undefined {
  const host = askedHost(request, trustProxy);
  const [, ip, name = ''] = /^(?:(\[[0-9a-f:.]+\])|([^:]*?)\.?)(?::\d{1,5})?$/.exec(host) ?? [];
  if ((ip === undefined && !isHostName(name)) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1');
}

function isOwn(host: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '');
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || hosts.includes(name);
}

/**
 * Pages of other origins may not open sockets in the name of who visits them; clients that are no browsers may. A page
 * whose name was made to lead here (DNS rebinding) has our origin, but not one of our names.
 */
export function isOwnOrigin(request: IncomingMessage, { trustProxy, hosts }: OriginRules): boolean {
  const host = askedHost(request, trustProxy);
  if (hosts !== undefined && !isOwn(host, hosts)) return false;
  const { origin } = request.headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
