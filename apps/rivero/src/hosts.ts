import { isIPv6 } from 'node:net';

/** A host at which servers listen at all addresses, of one family or of both. */
export function isEvery(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** With the brackets that URLs have around IPv6 addresses (RFC 3986 section 3.2.2). */
export function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
