import { isLoopback } from '@rivero/core';
import type { LocalAddress } from '@rivero/runtime';
import { inUrl, isEvery } from './hosts.ts';

/** Where the program is reached. */
export interface Reachable {
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  /** The one address that the servers listen on; undefined: all. */
  readonly host: string | undefined;
  /** Where the Kurento API is reached. */
  readonly kurentoUrls: readonly string[];
  /** Why it was not opened. */
  readonly kurentoProblem: string | undefined;
  /** Where the STUN and TURN server is reached. */
  readonly turnUrls: readonly string[];
  /** STUN and TURN servers of others that clients use instead. */
  readonly externalTurnUrls: readonly string[];
  /** Why it was not opened. */
  readonly turnProblem: string | undefined;
  readonly localAddresses: readonly LocalAddress[];
  /** Those of the NAT in front of this machine. */
  readonly externalAddresses: readonly string[];
  /** Whether the https server shows a certificate that browsers do not know. */
  readonly isSelfMade: boolean;
}

/** Addresses for other devices that are printed at most; a machine with containers has many. */
const printedAddressesMax = 4;

const here = '  On this machine / 本机：      ';
const forKurento = '  Kurento API:                  ';
const forTurn = '  STUN, TURN:                   ';
const forExternalTurn = '  STUN, TURN (not ours / 外部)： ';
const elsewhere = '  On other devices / 其他设备： ';

/** What the program prints once it runs: where to open it, in English and Chinese. */
export function formatAddresses(reachable: Reachable): string {
  const { httpPort, httpsPort, isSelfMade } = reachable;
  const hosts = httpsPort === undefined ? [] : hostsForOthers(reachable);
  const warning = [
    '  Browsers warn about the self-made certificate: choose "Advanced", then go on.',
    '  浏览器会提示证书不受信任：点击“高级”，再选择继续访问。',
  ];
  const lines = [
    'Rivero is running. / Rivero 已启动。',
    `${here}${httpPort === undefined ? `https://${ownHost(reachable)}:${httpsPort}` : `http://${ownHost(reachable)}:${httpPort}`}`,
    ...hosts.map((host) => `${elsewhere}https://${host}:${httpsPort}`),
    ...reachable.kurentoUrls.map((url) => `${forKurento}${url}`),
    ...(reachable.kurentoProblem === undefined ? [] : [`${forKurento}${reachable.kurentoProblem}`]),
    ...reachable.turnUrls.map((url) => `${forTurn}${url}`),
    ...reachable.externalTurnUrls.map((url) => `${forExternalTurn}${url}`),
    ...(reachable.turnProblem === undefined ? [] : [`${forTurn}${reachable.turnProblem}`]),
    ...(isSelfMade && httpsPort !== undefined && (hosts.length > 0 || httpPort === undefined) ? warning : []),
  ];
  return `${lines.join('\n')}\n`;
}

function ownHost({ host }: Reachable): string {
  return host === undefined || isEvery(host) || isHere(host) ? 'localhost' : inUrl(host);
}

/** The external addresses come first: who set them has users outside. */
function hostsForOthers({ host, localAddresses, externalAddresses }: Reachable): readonly string[] {
  if (host !== undefined && isHere(host)) return [];
  const own = host === undefined || isEvery(host) ? listed(localAddresses) : [host];
  return [...new Set([...externalAddresses, ...own])].slice(0, printedAddressesMax).map((address) => inUrl(address));
}

function listed(localAddresses: readonly LocalAddress[]): readonly string[] {
  const ipv4 = localAddresses.filter(({ family }) => family === 'IPv4');
  return (ipv4.length > 0 ? ipv4 : localAddresses).map(({ address }) => address);
}

/** Nobody else reaches what listens there. */
function isHere(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
