import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { canonicalIp, sourceNetwork } from '@rivero/core';

/** Loopback, private and link-local networks: who sits there, or a proxy that does, may stand for many. */
const ownNetworks = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  ownNetworks.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  ownNetworks.addSubnet(network, prefix, 'ipv6');
}

/** For whom a proxy asks: what it wrote last into `X-Forwarded-For`. Undefined: nothing that is an address. */
export function forwardedAddress({ headers }: IncomingMessage): string | undefined {
  const last = [headers['x-forwarded-for']].flat().join().split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? undefined : last;
}

/** The address of who asks. */
function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? forwardedAddress(request) : undefined;
  const address = forwarded ?? request.socket.remoteAddress ?? '';
  return canonicalIp(address.toLowerCase());
}

/** Whose sockets are counted together: an IPv4 address, or an IPv6 network of 64 bits. Undefined: nobody's are. */
export function clientNetwork(request: IncomingMessage, trustProxy: boolean): string | undefined {
  const address = addressOf(request, trustProxy);
  if (isIP(address) === 0) return undefined;
  if (ownNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return undefined;
  return sourceNetwork(address);
}
