/** The address of a STUN or TURN server (RFC 7064, RFC 7065), as browsers take it. */
export interface IceUrl {
  /** To be given to the browser. */
  readonly text: string;
  readonly scheme: 'stun' | 'turn' | 'turns';
  /** IPv6 without its brackets. */
  readonly host: string;
  readonly hostKind: 'ipv4' | 'ipv6' | 'name';
  readonly port: number;
  /** How the browser speaks with it. */
  readonly transport: 'udp' | 'tcp' | 'tls';
}

/** Why browsers do not take an address. */
export type IceUrlProblem =
  | 'empty'
  | 'too-long'
  | 'scheme'
  | 'stuns'
  | 'slashes'
  | 'user'
  | 'rest'
  | 'brackets'
  | 'host'
  | 'port'
  | 'stun-query'
  | 'transport'
  | 'turns-udp';

export type IceUrlReading =
  | { readonly type: 'right'; readonly url: IceUrl }
  /** `nearest` is an address that is probably meant. */
  | { readonly type: 'wrong'; readonly problem: IceUrlProblem; readonly nearest?: string };

/** Characters of an address: the longest name of a host (RFC 1035 section 2.3.4) and what stands around it. */
export const urlLengthMax = 300;

const hostLengthMax = 253;

/** RFC 7064 section 3.2, RFC 7065 section 3.2. */
const defaultPorts = { stun: 3478, turn: 3478, turns: 5349 } as const;

const schemes = ['stun', 'stuns', 'turn', 'turns'] as const;

type Scheme = IceUrl['scheme'];

interface Host {
  readonly host: string;
  readonly hostKind: IceUrl['hostKind'];
  /** What follows the colon. */
  readonly port: string | undefined;
}

/** What is wrong, and what may be meant, which may be wrong in another way. */
interface Fault {
  readonly type: 'wrong';
  readonly problem: IceUrlProblem;
  readonly guess?: string;
}

/** Mended so often at most; more can hardly be meant. */
const fixesMax = 4;

export function readIceUrl(typed: string): IceUrlReading {
  const reading = parse(typed);
  if (reading.type === 'right') return reading;
  const { problem } = reading;
  let { guess } = reading;
  for (let fixes = 0; guess !== undefined && fixes < fixesMax; fixes++) {
    const next = parse(guess);
    if (next.type === 'right') return { type: 'wrong', problem, nearest: next.url.text };
    guess = next.guess;
  }
  return { type: 'wrong', problem };
}

function parse(typed: string): Fault | { readonly type: 'right'; readonly url: IceUrl } {
  const text = typed.trim();
  if (text === '') return { type: 'wrong', problem: 'empty' };
  if (text.length > urlLengthMax) return { type: 'wrong', problem: 'too-long' };
  const [before = ''] = text.split(':');
  const scheme = schemes.find((known) => known === before.toLowerCase());
  const rest = text.slice(before.length + 1);
  if (scheme === undefined) {
    // "turn.example.org:3478", "https://turn.example.org/".
    const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/.*$/, '');
    return wrong('scheme', `turn:${bare}`);
  }
  if (scheme === 'stuns') return wrong('stuns', `stun:${rest.replace(/:\d*$/, '')}`);
  if (rest.startsWith('//')) return wrong('slashes', `${scheme}:${rest.slice(2).replace(/\/+$/, '')}`);
  return readRest(scheme, rest);
}

/** What follows the scheme. */
function readRest(scheme: Scheme, rest: string): ReturnType<typeof parse> {
  const [authority = '', query] = rest.split(/\?(.*)/s);
  const end = query === undefined ? '' : `?${query}`;
  if (authority.includes('@')) return wrong('user', `${scheme}:${authority.replace(/^.*@/, '')}${end}`);
  if (/[/#]/.test(authority)) return wrong('rest', `${scheme}:${authority.replace(/[/#].*$/, '')}${end}`);
  if (isIpv6(authority)) return wrong('brackets', `${scheme}:[${authority}]${end}`);
  const place = readHost(authority);
  if (place === undefined)
    return wrong(
      'host',
      mendedHost(authority, (mended) => `${scheme}:${mended}${end}`),
    );
  const port = place.port === undefined ? defaultPorts[scheme] : readPort(place.port);
  if (port === undefined) return wrong('port', `${scheme}:${authority.replace(/:[^:\]]*$/, '')}${end}`);
  const transport = readTransport(scheme, query);
  switch (transport) {
    case 'udp':
    case 'tcp':
    case 'tls': {
      const { host, hostKind } = place;
      return {
        type: 'right',
        url: { text: `${scheme}:${authority}${end.toLowerCase()}`, scheme, host, hostKind, port, transport },
      };
    }
    case 'stun-query':
      return wrong(transport, `stun:${authority}`);
    case 'turns-udp':
      return wrong(transport, `turns:${authority}?transport=tcp`);
    case 'transport':
      return wrong(transport, `${scheme}:${authority}`);
  }
}

function readHost(authority: string): Host | undefined {
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\](?::(.*))?$/s.exec(authority) ?? [];
  if (bracketed !== undefined) {
    return isIpv6(bracketed) ? { host: bracketed, hostKind: 'ipv6', port: bracketedPort } : undefined;
  }
  const [host = '', port] = authority.split(/:(.*)/s);
  if (/^[\d.]+$/.test(host)) return isIpv4(host) ? { host, hostKind: 'ipv4', port } : undefined;
  const isName = host.length <= hostLengthMax && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i.test(host);
  return isName ? { host, hostKind: 'name', port } : undefined;
}

function isIpv4(text: string): boolean {
  const numbers = text.split('.');
  return (
    numbers.length === 4 && numbers.every((number) => /^(?:0|[1-9]\d{0,2})$/.test(number) && Number(number) <= 255)
  );
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) && text.split(':').length > 2 && URL.canParse(`http://[${text}]/`);
}

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function readTransport(
  scheme: Scheme,
  query: string | undefined,
): IceUrl['transport'] | 'stun-query' | 'transport' | 'turns-udp' {
  if (scheme === 'stun') return query === undefined ? 'udp' : 'stun-query';
  const [, named] = /^transport=(udp|tcp)$/i.exec(query ?? '') ?? [];
  if (query !== undefined && named === undefined) return 'transport';
  if (scheme === 'turn') return named?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
  // TLS over UDP is DTLS, which browsers do not speak with TURN servers.
  return named?.toLowerCase() === 'udp' ? 'turns-udp' : 'tls';
}

/** A name in other letters than English ones, as DNS has it; spaces are slips. */
function mendedHost(authority: string, write: (authority: string) => string): string | undefined {
  const spaceless = authority.replaceAll(/\s/g, '');
  if (spaceless !== authority) return write(spaceless);
  const [host = '', port] = authority.split(/:(.*)/s);
  const english = inEnglishLetters(host);
  return english === undefined ? undefined : write(port === undefined ? english : `${english}:${port}`);
}

function inEnglishLetters(host: string): string | undefined {
  if (/^[\0-~]*$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname;
}

function wrong(problem: IceUrlProblem, guess?: string): Fault {
  return guess === undefined ? { type: 'wrong', problem } : { type: 'wrong', problem, guess };
}
