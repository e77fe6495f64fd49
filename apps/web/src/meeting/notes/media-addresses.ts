/** Where the server waits for media, with one protocol. */
export interface MediaAddress {
  readonly protocol: 'UDP' | 'TCP';
  readonly host: string;
  readonly port: number;
}

const candidateLine = /^a=candidate:\S+ 1 (udp|tcp) \d+ (\S+) (\d+) typ host/gim;

/** The addresses that the server's answer names, each once, in its order (`a=candidate`, RFC 8839 section 5.1). */
export function mediaAddresses(answer: string): readonly MediaAddress[] {
  const found = new Map<string, MediaAddress>();
  for (const [, protocol = '', host = '', port = ''] of answer.matchAll(candidateLine)) {
    const address: MediaAddress = {
      protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP',
      host,
      port: Number(port),
    };
    found.set(`${protocol} ${host} ${port}`, address);
  }
  return [...found.values()];
}

/** The ports alone, as somebody who opens a firewall reads them: `UDP 40000, TCP 40000`. */
export function mediaPorts(addresses: readonly MediaAddress[]): string {
  return [...new Set(addresses.map(({ protocol, port }) => `${protocol} ${port}`))].join(', ');
}

/** More nobody reads. */
const hostsMax = 3;

/** The hosts alone, the first ones; this machine's own address in itself only where there is no other. */
export function mediaHosts(addresses: readonly MediaAddress[]): string {
  const hosts = [...new Set(addresses.map(({ host }) => host))];
  const outside = hosts.filter((host) => !/^(127\.|::1$|fe80:)/.test(host));
  return (outside.length > 0 ? outside : hosts).slice(0, hostsMax).join(', ');
}
