import { assert, type TransportAddress } from '@rivero/core';

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

export type TcpType = 'active' | 'passive' | 'so';

/** One candidate line (RFC 8839 section 5.1). `address` may be an mDNS name in what browsers send. */
export interface IceCandidate {
  readonly foundation: string;
  readonly component: number;
  readonly protocol: 'udp' | 'tcp';
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
  readonly related?: TransportAddress;
  readonly tcpType?: TcpType;
  readonly ufrag?: string;
}

export type CandidateDefect = 'malformed' | 'unknown-protocol' | 'unknown-type';

/** Longest candidate line that is read. */
const candidateLengthMax = 512;

/** RFC 8839 section 5.1. */
const priorityMax = 2 ** 31 - 1;

function isType(text: string): text is CandidateType {
  return text === 'host' || text === 'srflx' || text === 'prflx' || text === 'relay';
}

function isTcpType(text: string): text is TcpType {
  return text === 'active' || text === 'passive' || text === 'so';
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** Reads a candidate with or without its `a=` or `candidate:` in front; unknown extensions are passed over. */
export function parseCandidate(text: string): IceCandidate | CandidateDefect {
  if (text.length > candidateLengthMax) return 'malformed';
  const words = text
    .trim()
    .replace(/^a=/, '')
    .replace(/^candidate:/, '')
    .split(/\s+/);
  const [foundation = '', componentText = '', protocolText = '', priorityText = '', address = '', portText = ''] =
    words;
  const component = wholeNumber(componentText, 1, 256);
  const priority = wholeNumber(priorityText, 1, priorityMax);
  const port = wholeNumber(portText, 0, 65_535);
  if (!/^[A-Za-z0-9+/]{1,32}$/.test(foundation) || address === '' || words[6] !== 'typ') return 'malformed';
  if (component === undefined || priority === undefined || port === undefined) return 'malformed';
  const protocol = protocolText.toLowerCase();
  if (protocol !== 'udp' && protocol !== 'tcp') return 'unknown-protocol';
  const type = words[7] ?? '';
  if (!isType(type)) return 'unknown-type';
  const extensions = new Map<string, string>();
  for (let i = 8; i + 1 < words.length; i += 2) extensions.set(words[i], words[i + 1]);
  const relatedIp = extensions.get('raddr');
  const relatedPort = wholeNumber(extensions.get('rport') ?? '', 0, 65_535);
  const tcpType = extensions.get('tcptype') ?? '';
  const ufrag = extensions.get('ufrag');
  return {
    foundation,
    component,
    protocol,
    priority,
    address,
    port,
    type,
    ...(relatedIp !== undefined && relatedPort !== undefined ? { related: { ip: relatedIp, port: relatedPort } } : {}),
    ...(isTcpType(tcpType) ? { tcpType } : {}),
    ...(ufrag === undefined ? {} : { ufrag }),
  };
}

/** The candidate without `a=`, as `candidate:…` (RFC 8839 section 5.1, RFC 6544 section 4.5). */
export function serializeCandidate(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, address, port, type, related, tcpType, ufrag } = candidate;
  const words = [`candidate:${foundation}`, component, protocol, priority, address, port, 'typ', type];
  if (related !== undefined) words.push('raddr', related.ip, 'rport', related.port);
  if (tcpType !== undefined) words.push('tcptype', tcpType);
  if (ufrag !== undefined) words.push('ufrag', ufrag);
  return words.join(' ');
}

/** Recommended type preferences (RFC 8445 section 5.1.2.2). */
const typePreferences: Readonly<Record<CandidateType, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 };

/** RFC 8445 section 5.1.2.1; `localPreference` is 0 to 65535. */
export function candidatePriority(type: CandidateType, localPreference: number, component: number): number {
  assert(localPreference >= 0 && localPreference <= 65_535, 'a local preference is between 0 and 65535');
  return typePreferences[type] * 2 ** 24 + localPreference * 256 + (256 - component);
}
