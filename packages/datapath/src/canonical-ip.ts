/** As paths know addresses: link-local ones come with a zone, IPv4 over an IPv6 socket in mapped form. */
export function canonicalIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice(7);
  const zone = ip.indexOf('%');
  return zone === -1 ? ip : ip.slice(0, zone);
}
