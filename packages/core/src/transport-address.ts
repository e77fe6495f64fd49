/** One end of a flow: an IP address in its canonical text form (no zone, IPv4-mapped IPv6 written as IPv4) and a port. */
export interface TransportAddress {
  readonly ip: string;
  readonly port: number;
}

/** True for a textual IPv6 address; the caller has made sure that it is an IP address at all. */
export function isIpv6(ip: string): boolean {
  return ip.includes(':');
}

/** True for an address that leads to this machine alone (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3); names have none. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^127(?:\.\d+){3}$/.test(ip);
}

/** `192.0.2.1:5000` or `[2001:db8::1]:5000`: a key for maps and a text for logs. */
export function formatTransportAddress(address: TransportAddress): string {
  return isIpv6(address.ip) ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}
