/** A candidate, read from its line (RFC 8839 section 5.1), which all browsers write; they differ in what else they tell. */
export interface GatheredCandidate {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly protocol: 'udp' | 'tcp';
  /** Of TCP (RFC 6544): who opens the connection. */
  readonly tcpType: string | undefined;
  readonly address: string;
  readonly port: number;
  /** The address is a name that stands for it in the local network (mDNS). */
  readonly isHidden: boolean;
  readonly priority: CandidatePriority;
  readonly foundation: string;
  readonly relatedAddress: string | undefined;
  readonly relatedPort: number | undefined;
  /** Where the browser tells from which server it is. */
  readonly url: string | undefined;
  /** Where the browser tells how it speaks with the relay. */
  readonly relayProtocol: string | undefined;
}

/** Its three parts (RFC 8445 section 5.1.2). */
export interface CandidatePriority {
  readonly type: number;
  readonly local: number;
  readonly component: number;
}

/** What an `icecandidate` event brings; some browsers have less of it. */
export interface BrowserCandidate {
  readonly candidate: string;
  readonly url?: string | null;
  readonly relayProtocol?: string | null;
}

const line =
  /^(?:a=)?candidate:(\S+) (\d+) (udp|tcp) (\d+) (\S+) (\d+) typ (host|srflx|prflx|relay)(?: raddr (\S+) rport (\d+))?(.*)$/i;

function readType(text: string): GatheredCandidate['type'] | undefined {
  return (['host', 'srflx', 'prflx', 'relay'] as const).find((known) => known === text.toLowerCase());
}

/** Nothing for the empty candidate that says that there are no more. */
export function readCandidate({ candidate, url, relayProtocol }: BrowserCandidate): GatheredCandidate | undefined {
  const [
    ,
    foundation = '',
    component,
    protocol = '',
    priority,
    address = '',
    port,
    typeText = '',
    raddr,
    rport,
    rest = '',
  ] = line.exec(candidate) ?? [];
  const type = readType(typeText);
  if (type === undefined) return undefined;
  const value = Number(priority);
  return {
    type,
    protocol: protocol.toLowerCase() === 'tcp' ? 'tcp' : 'udp',
    tcpType: / tcptype (\S+)/.exec(rest)?.[1],
    address,
    port: Number(port),
    isHidden: /\.local\.?$/i.test(address),
    priority: { type: value >>> 24, local: (value >>> 8) & 0xffff, component: Number(component) },
    foundation,
    relatedAddress: raddr,
    relatedPort: rport === undefined ? undefined : Number(rport),
    url: url ? url : undefined,
    relayProtocol: relayProtocol ? relayProtocol : undefined,
  };
}

/** Address and port as one writes them together. */
export function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
