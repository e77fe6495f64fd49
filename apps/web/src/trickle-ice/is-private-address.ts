/** IPv4 networks that are not reached from everywhere (RFC 6890): their first address, and how many bits they share. */
const privateNetworks: readonly (readonly [address: string, bits: number])[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

function toNumber(ipv4: string): number {
  return ipv4.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** Whether an address is of a network that others are not in; names are not looked at. */
export function isPrivateAddress(address: string): boolean {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (ipv4 !== undefined) {
    return privateNetworks.some(([network, bits]) => {
      const size = 2 ** (32 - bits);
      return Math.floor(toNumber(ipv4) / size) === Math.floor(toNumber(network) / size);
    });
  }
  // Unique local, link-local and loopback addresses.
  return address.includes(':') && /^(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/i.test(address);
}
