/** An address as `TransportAddress` has it; sockets tell link-local ones with a zone, and IPv4 over IPv6 in mapped form. */
export function canonicalIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  const zone = ip.indexOf('%');
  const bare = zone === -1 ? ip : ip.slice(0, zone);
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
