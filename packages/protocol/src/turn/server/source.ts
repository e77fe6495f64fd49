import { isIpv6 } from '@rivero/core';
import { parseIp } from '../../stun/index.ts';

/** Who is counted as one: an IPv4 address, or a /64 of IPv6, of which a host has all addresses. */
export function sourceOf(ip: string): string {
  return isIpv6(ip) ? Buffer.from(parseIp(ip).subarray(0, 8)).toString('hex') : ip;
}
