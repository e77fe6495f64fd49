/** An address as `TransportAddress` has it; sockets tell link-local ones with a zone, and IPv4 over IPv6 in mapped form. */
export function canonicalIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice(7);
  const zone = ip.indexOf('%');
  return zone === -1 ? ip : ip.slice(0, zone);
}
