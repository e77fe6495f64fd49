import { formatIp, parseIp } from './ip-bytes.ts';
import { isIpv6 } from './transport-address.ts';

/** Who is counted as one: an IPv4 address, or an IPv6 network of 64 bits, of which a host has all addresses. */
export function sourceNetwork(ip: string): string {
  if (!isIpv6(ip)) return ip;
  const bytes = parseIp(ip);
  return `${formatIp(bytes.fill(0, 8))}/64`;
}
