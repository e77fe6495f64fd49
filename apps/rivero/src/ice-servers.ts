import { isIP, isIPv4, isIPv6 } from 'node:net';
import { isLoopback, type WallClockMs, wallClockMs } from '@rivero/core';
import type { IceServerSource } from '@rivero/platform';
import { isTurnUrl, type LocalAddress } from '@rivero/runtime';
import { timeLimitedUser } from '@rivero/turn';
import { inUrl, isEvery } from './hosts.ts';

/** Seconds for which credentials are good: longer than most calls, and clients ask again before. */
export const credentialLifetime = 12 * 60 * 60;

/** Where the STUN and TURN server of this program is. */
export interface OwnServerPlace {
  /** Undefined: that server is off. */
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  /** Where it listens; undefined: at every address. */
  readonly turnHost: string | undefined;
  /** Those of the NAT in front of this machine. */
  readonly externalAddresses: readonly string[];
  /** Read anew at each call. */
  readonly localAddresses: () => readonly LocalAddress[];
  /** How this machine calls itself. */
  readonly machineName: string;
}

export interface OwnIceServersOptions extends OwnServerPlace {
  /** Of time-limited credentials. */
  readonly secret: string;
  readonly wallNow: () => WallClockMs;
}

/** As who starts the program reads them. */
export function ownTurnUrls(place: OwnServerPlace): readonly string[] {
  const { port, tlsPort } = place;
  const host = inUrl(hostFor(undefined, place));
  return [
    ...(port === undefined ? [] : [`turn:${host}:${port}`]),
    ...(tlsPort === undefined ? [] : [`turns:${host}:${tlsPort}`]),
  ];
}

/** The STUN and TURN server of this program, named as the client that asks can reach it. */
export function ownIceServers(options: OwnIceServersOptions): IceServerSource {
  const { port, tlsPort, secret, wallNow } = options;
  return {
    hasRelay: true,
    issue: ({ host: asked, name }) => {
      const host = inUrl(hostFor(asked, options));
      const plain =
        port === undefined ? [] : [`turn:${host}:${port}?transport=udp`, `turn:${host}:${port}?transport=tcp`];
      const secure = tlsPort === undefined ? [] : [`turns:${host}:${tlsPort}?transport=tcp`];
      return {
        iceServers: [
          ...(port === undefined ? [] : [{ urls: [`stun:${host}:${port}`] }]),
          { urls: [...plain, ...secure], ...credentials(secret, name, wallNow()) },
        ],
        lifetime: credentialLifetime,
      };
    },
  };
}

export interface ExternalIceServersOptions {
  /** As they are handed out. */
  readonly urls: readonly string[];
  /** That of the TURN servers among them; undefined: there are none. */
  readonly secret: string | undefined;
  readonly wallNow: () => WallClockMs;
}

/** STUN and TURN servers of others, such as a coturn with `use-auth-secret`. */
export function externalIceServers({ urls, secret, wallNow }: ExternalIceServersOptions): IceServerSource {
  const stun = urls.filter((url) => !isTurnUrl(url));
  const turn = secret === undefined ? [] : urls.filter(isTurnUrl);
  return {
    hasRelay: turn.length > 0,
    issue: ({ name }) => ({
      iceServers: [
        ...(stun.length === 0 ? [] : [{ urls: stun }]),
        ...(secret === undefined || turn.length === 0 ? [] : [{ urls: turn, ...credentials(secret, name, wallNow()) }]),
      ],
      lifetime: credentialLifetime,
    }),
  };
}

/** Where media is not to be had over UDP: relays bring nothing else to us, so rooms cannot go through them alone. */
export function notForRooms(source: IceServerSource): IceServerSource {
  return { ...source, hasRelay: false };
}

/** There is no STUN and no TURN server. */
export const noIceServers: IceServerSource = {
  hasRelay: false,
  issue: () => ({ iceServers: [], lifetime: credentialLifetime }),
};

function credentials(
  secret: string,
  name: string,
  now: WallClockMs,
): { readonly username: string; readonly credential: string } {
  const { username, password } = timeLimitedUser(secret, name, wallClockMs(now + credentialLifetime * 1_000));
  return { username, credential: password };
}

/**
 * The one address where it listens; else what the client called us by, which led it here; else, when it is on this
 * machine, an address that others reach too, as browsers gather no candidates on the loopback interface.
 */
function hostFor(asked: string | undefined, place: OwnServerPlace): string {
  const { turnHost, externalAddresses, localAddresses, machineName } = place;
  if (turnHost === 'localhost') return '127.0.0.1';
  if (turnHost !== undefined && !isEvery(turnHost)) return turnHost;
  const isHeard = (address: string): boolean =>
    turnHost === undefined || isIP(address) === 0 || isIPv6(address) === isIPv6(turnHost);
  if (asked !== undefined && !isOfThisMachine(asked, machineName) && isHeard(asked)) return asked;
  const local = localAddresses().map(({ address }) => address);
  const own = [...externalAddresses, ...local.filter((address) => isIPv4(address)), ...local];
  return own.find(isHeard) ?? (turnHost === '::' ? '::1' : '127.0.0.1');
}

/** Leads to the client's own machine when it is asked there, as do the short names that systems give themselves. */
function isOfThisMachine(host: string, machineName: string): boolean {
  const isName = host === 'localhost' || host.endsWith('.localhost') || host === shortName(machineName);
  return isName || isEvery(host) || isLoopback(host) || host.startsWith('::ffff:7f');
}

function shortName(machineName: string): string | undefined {
  return machineName.includes('.') ? undefined : machineName.toLowerCase();
}
