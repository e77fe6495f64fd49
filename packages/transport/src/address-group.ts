import { isIpv6 } from '@rivero/core';

/**
 * Whose address it is when one host's connections are counted: an IPv4 address is its own, an IPv6 address its /64 prefix,
 * because a host has all addresses of that to choose from (RFC 4291 section 2.5.4, RFC 8981).
 */
export function addressGroup(ip: string): string {
  if (!isIpv6(ip)) return ip;
  const [head, tail] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const skipped = Math.max(8 - before.length - after.length, 0);
  const groups = tail === undefined ? before : [...before, ...Array.from({ length: skipped }, () => '0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
