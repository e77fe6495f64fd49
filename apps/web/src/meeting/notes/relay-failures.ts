import type { IceError } from '@rivero/sdk';
import { iceErrorReason } from '../../help/ice-error.ts';
import { readIceUrl } from '../../help/ice-url.ts';

/** How a relay is spoken to, and where. */
export interface RelayAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
}

/** Why no relay was reached at some addresses. */
export interface RelayFailure {
  /** As people who open firewalls write them: `UDP 3478`. */
  readonly ports: readonly string[];
  readonly error: IceError;
}

function relayAddress(url: string): RelayAddress | undefined {
  const reading = readIceUrl(url);
  if (reading.type === 'wrong' || reading.url.scheme === 'stun') return undefined;
  const { transport, host, port } = reading.url;
  return { transport, host, port };
}

function portOf({ transport, port }: RelayAddress): string {
  return `${transport.toUpperCase()} ${port}`;
}

/** The TURN servers among those that the browser was given. */
export function relayAddresses(servers: readonly RTCIceServer[]): readonly RelayAddress[] {
  return servers.flatMap(({ urls }) => [urls].flat()).flatMap((url) => relayAddress(url) ?? []);
}

/** What somebody opens in a firewall: TLS is TCP there. */
export function relayPorts(addresses: readonly RelayAddress[]): string {
  const ports = addresses.map(({ transport, port }) => `${transport === 'udp' ? 'UDP' : 'TCP'} ${port}`);
  return [...new Set(ports)].join(', ');
}

export function relayHosts(addresses: readonly RelayAddress[]): string {
  return [...new Set(addresses.map(({ host }) => host))].join(', ');
}

/**
 * One failure for each reason that is told by another text; an address that browsers said nothing of, though all had their
 * time, does not answer.
 */
export function relayFailures(
  addresses: readonly RelayAddress[],
  errors: readonly IceError[],
): readonly RelayFailure[] {
  const failures = new Map<string, { ports: Set<string>; error: IceError }>();
  const add = (port: string, error: IceError): void => {
    const reason = iceErrorReason(error);
    const key = reason === 'other' ? `${error.code} ${error.text}` : reason;
    const failure = failures.get(key) ?? { ports: new Set(), error };
    failures.set(key, failure);
    failure.ports.add(port);
  };
  for (const address of addresses) {
    const port = portOf(address);
    const told = errors.filter(({ url }) => isAt(address, relayAddress(url)));
    // Of a machine with several networks some lead nowhere; that says little about the server.
    const telling = told.filter((error) => iceErrorReason(error) !== 'other-interface');
    if (telling.length === 0) add(port, { code: 0, text: '', url: '' });
    for (const error of telling) add(port, error);
  }
  return [...failures.values()].map(({ ports, error }) => ({ ports: [...ports], error }));
}

function isAt(one: RelayAddress, other: RelayAddress | undefined): boolean {
  return one.transport === other?.transport && one.host === other.host && one.port === other.port;
}
