import { isIPv6 } from 'node:net';

/** One spelling for each DNS name and address: lower case, IPv6 as RFC 5952 section 4 has it. */
export function canonicalName(name: string): string {
  const [plain = ''] = name.toLowerCase().split('%');
  return isIPv6(plain) ? new URL(`http://[${plain}]/`).hostname.slice(1, -1) : plain;
}
