import { isIP } from 'node:net';
import { formatIp, isIpv6, isLoopback, parseIp, type TransportAddress } from '@rivero/core';
import type { DatagramPort } from '../contract.ts';

/** Where addresses of one kind are understood: `private` is RFC 1918, RFC 6598 and RFC 4193. */
type Scope = 'loopback' | 'private' | 'global';

/**
 * The address as sockets tell it, or `undefined` when no datagram can or should be sent there: no IP address, port 0,
 * unspecified, multicast or broadcast, and link-local ones, whose zone nobody knows.
 */
export function reachableAddress({ ip, port }: TransportAddress): TransportAddress | undefined {
  if (isIP(ip) === 0 || ip.includes('%') || port === 0) return undefined;
  const bytes = parseIp(ip);
  const canonical = { ip: formatIp(bytes), port };
  const known = isIpv6(canonical.ip) ? bytes : bytes.subarray(-4);
  return isUnicast(known) ? canonical : undefined;
}

/**
 * The socket from which to reach `remote`, an address of {@link reachableAddress}: loopback from loopback, all else from
 * another; of several one of the same scope and with the longest common prefix (RFC 6724 section 5, rules 2 and 8),
 * then the first. One of our own addresses is reached from another one, so that both ends have a path of their own.
 */
export function reachablePort(ports: Iterable<DatagramPort>, remote: TransportAddress): DatagramPort | undefined {
  const bytes = parseIp(remote.ip);
  const scope = scopeOf(remote.ip);
  const family = [...ports].filter(({ local }) => isIpv6(local.ip) === isIpv6(remote.ip));
  const others = family.filter((port) => !isOf(port, remote));
  const isOurs = others.length < family.length;
  const usable = others.filter(({ local }) => isOurs || isLoopback(local.ip) === (scope === 'loopback'));
  let best: DatagramPort | undefined;
  let bestRank = -1;
  for (const port of usable) {
    const { ip } = port.local;
    const rank = scopeOf(ip) === scope ? 1 + commonPrefixLength(parseIp(ip), bytes) : 0;
    if (rank <= bestRank) continue;
    best = port;
    bestRank = rank;
  }
  return best;
}

/**
 * True for what another socket than those may speak to as well: where one of them gets, and their own addresses. A socket that the
 * system gives an address to would also get elsewhere, such as to services that only this machine is to reach.
 */
export function isReachable(ports: Iterable<DatagramPort>, remote: TransportAddress): boolean {
  const all = [...ports];
  return reachablePort(all, remote) !== undefined || all.some((port) => isOf(port, remote));
}

function isOf({ local }: DatagramPort, { ip, port }: TransportAddress): boolean {
  return local.ip === ip && local.port === port;
}

/** True for an address that means the same host everywhere: of no private network, and not of the machine itself. */
export function isGlobal(ip: string): boolean {
  return scopeOf(ip) === 'global';
}

function isUnicast(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (bytes.length === 4) return first !== 0 && first < 224 && !(first === 169 && second === 254);
  const isUnspecified = bytes.every((byte) => byte === 0);
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  return !isUnspecified && !isLinkLocal && first !== 0xff;
}

/** Of an address in its canonical form. */
function scopeOf(ip: string): Scope {
  if (isLoopback(ip)) return 'loopback';
  const bytes = parseIp(ip);
  const [first, second] = bytes;
  if (bytes.length === 16) return (first & 0xfe) === 0xfc ? 'private' : 'global';
  const isRfc1918 = first === 10 || (first === 172 && (second & 0xf0) === 16) || (first === 192 && second === 168);
  return isRfc1918 || (first === 100 && (second & 0xc0) === 64) ? 'private' : 'global';
}

/** In bits. */
function commonPrefixLength(a: Uint8Array, b: Uint8Array): number {
  for (const [i, byte] of a.entries()) {
    const difference = byte ^ b[i];
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24;
  }
  return a.length * 8;
}
