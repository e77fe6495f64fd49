import { isIpv6, type TransportAddress } from '@rivero/core';
import type { Fields } from './fields.ts';
import type { RtpAddresses } from './session-description.ts';

const portMax = 65_535;

/** Four numbers below 256. */
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const ipv6 = /^[0-9A-Fa-f:.]{2,45}$/;

/** The profiles of RTP whose packets go to the address in the description (RFC 3551, 4585, 3711, 5124). */
export function isAddressedProtocol(protocol: string): boolean {
  return /^RTP\/S?AVPF?$/.test(protocol);
}

/**
 * Where a section's packets go: by its own c= line, else the session's (RFC 8866 section 5.7), and a=rtcp (RFC 3605).
 * `undefined` when the address is a name, which we do not look up.
 */
export function parseAddresses(media: Fields, session: Fields): RtpAddresses | undefined {
  const port = media.number('port', portMax);
  const connection = media.object('connection') ?? session.object('connection');
  const ip = parseIp(connection?.text('ip'));
  if (ip === undefined) return undefined;
  return { rtp: { ip, port }, rtcp: parseRtcp(media.object('rtcp'), { ip, port: Math.min(port + 1, portMax) }) };
}

function parseRtcp(line: Fields | undefined, next: TransportAddress): TransportAddress {
  if (line === undefined) return next;
  return { ip: parseIp(line.text('address')) ?? next.ip, port: line.number('port', portMax) };
}

/** In its canonical form; a multicast address has a time to live and a count behind slashes. */
function parseIp(text: string | undefined): string | undefined {
  const ip = text?.split('/')[0] ?? '';
  if (ipv4.test(ip)) return ip;
  if (!isIpv6(ip) || !ipv6.test(ip) || !URL.canParse(`udp://[${ip}]`)) return undefined;
  return new URL(`udp://[${ip}]`).hostname.slice(1, -1);
}
