import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { CodedError } from '@rivero/core';

export interface AccessRules {
  /** Of those who may come, as sockets tell them; undefined: any. */
  readonly allowedAddresses: { has(address: string): boolean } | undefined;
  /** What every client must show; undefined: nothing. */
  readonly token: string | undefined;
  /** Web pages that may use the API from a browser: scheme, host and port. */
  readonly allowedOrigins: readonly string[];
}

/** Why a handshake is refused, and the status to answer. */
export interface AccessRefusal {
  readonly status: 401 | 403;
  readonly error: CodedError;
}

/** Who may open a socket: whoever does owns the media server. */
export class Access {
  readonly #addresses: AccessRules['allowedAddresses'];
  readonly #tokenDigest: Buffer | undefined;
  readonly #origins: ReadonlySet<string>;

  constructor({ allowedAddresses, token, allowedOrigins }: AccessRules) {
    this.#addresses = allowedAddresses;
    this.#tokenDigest = token === undefined ? undefined : digestOf(token);
    this.#origins = new Set(allowedOrigins);
  }

  /** Undefined: it may come in. */
  objectTo(request: IncomingMessage): AccessRefusal | undefined {
    if (this.#addresses?.has(request.socket.remoteAddress ?? '') === false) {
      return {
        status: 403,
        error: new CodedError(
          'kurento-address-refused',
          'Your address may not use the Kurento API; add it to RIVERO_KURENTO_ALLOW.',
        ),
      };
    }
    if (!this.#isAllowedOrigin(request)) {
      return {
        status: 403,
        error: new CodedError(
          'kurento-origin-refused',
          'Web pages of this origin may not use the Kurento API; add it to RIVERO_KURENTO_ORIGINS, or set RIVERO_KURENTO_TOKEN.',
        ),
      };
    }
    return this.#objectToToken(request);
  }

  /** Browsers name the page that opens a socket, and pages cannot hide it; of programs few do. */
  #isAllowedOrigin({ headers }: IncomingMessage): boolean {
    const { origin } = headers;
    if (origin === undefined || this.#tokenDigest !== undefined || this.#origins.has(origin)) return true;
    if (origin === 'null') return false;
    // Java clients name the address that they ask, with a scheme or without; no browser leaves it out.
    if (!origin.includes('://')) return true;
    if (!URL.canParse(origin)) return false;
    const { host, hostname: name } = new URL(origin);
    // A page comes from this address when its name was made to lead here; fixed names cannot be made to.
    return host === headers.host?.toLowerCase() && (isFixedName(name) || !isBrowser(headers));
  }

  #objectToToken(request: IncomingMessage): AccessRefusal | undefined {
    if (this.#tokenDigest === undefined) return undefined;
    const token = tokenOf(request);
    if (token === undefined) {
      return {
        status: 401,
        error: new CodedError(
          'kurento-token-missing',
          'Show the token of RIVERO_KURENTO_TOKEN: ?token=… in the address, or Authorization: Bearer ….',
        ),
      };
    }
    // Digests have one length, as the comparison needs it, and tell nothing of the token by the time it takes.
    if (timingSafeEqual(digestOf(token), this.#tokenDigest)) return undefined;
    return {
      status: 401,
      error: new CodedError(
        'kurento-token-wrong',
        'The token is not that of RIVERO_KURENTO_TOKEN; show the right one.',
      ),
    };
  }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** A name that nobody else can make lead to this machine. */
function isFixedName(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || name === 'localhost' || name === hostname().toLowerCase();
}

/**
 * Browsers name themselves so, but for some that are set to another name or are part of another program; they all say
 * which languages their user reads. A page can change neither.
 */
function isBrowser(headers: IncomingHttpHeaders): boolean {
  const names = ['accept-language', 'sec-fetch-mode'];
  return headers['user-agent']?.startsWith('Mozilla/') === true || names.some((name) => headers[name] !== undefined);
}

/** `access_token` is what the official client writes. */
function tokenOf({ headers: { authorization }, url }: IncomingMessage): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  const query = queryOf(url);
  return bearer ?? query?.get('token') ?? query?.get('access_token') ?? undefined;
}

function queryOf(url = ''): URLSearchParams | undefined {
  const begin = url.indexOf('?');
  return begin === -1 ? undefined : new URLSearchParams(url.slice(begin));
}
