import { type IceUrlProblem, readIceUrl } from '../help/ice-url.ts';
import type { IceServerChoice } from './probe.ts';

/** A server as somebody types it. */
export interface ServerEntry {
  url: string;
  username: string;
  credential: string;
}

/** What is wrong with each of its fields. */
export interface EntryFaults {
  readonly url: { readonly problem: IceUrlProblem; readonly nearest: string | undefined } | undefined;
  readonly username: 'missing' | 'too-long' | undefined;
  readonly credential: 'missing' | undefined;
}

export type EntryReading =
  | { readonly type: 'right'; readonly server: IceServerChoice }
  | { readonly type: 'wrong'; readonly faults: EntryFaults };

/** Servers that are asked at once: each takes a connection of its own, and browsers have few of them. */
export const serversMax = 8;

/** Bytes of a USERNAME (RFC 8489 section 14.3: fewer than 509). */
export const usernameBytesMax = 508;

export function readEntry(entry: Readonly<ServerEntry>): EntryReading {
  const reading = readIceUrl(entry.url);
  const isStun = isStunEntry(entry.url);
  // Without an address it is not known whether the others are needed.
  const isOpen = isStun || (reading.type === 'wrong' && reading.problem === 'empty');
  const username = isOpen ? undefined : usernameFault(entry.username);
  const credential = isOpen || entry.credential !== '' ? undefined : 'missing';
  if (reading.type === 'right' && username === undefined && credential === undefined) {
    const own = isStun ? { username: '', credential: '' } : { username: entry.username, credential: entry.credential };
    return { type: 'right', server: { url: reading.url, ...own } };
  }
  const url = reading.type === 'wrong' ? { problem: reading.problem, nearest: reading.nearest } : undefined;
  return { type: 'wrong', faults: { url, username, credential } };
}

/** STUN servers take no credentials. */
export function isStunEntry(url: string): boolean {
  return /^\s*stuns?:/i.test(url);
}

function usernameFault(username: string): EntryFaults['username'] {
  if (username === '') return 'missing';
  return new TextEncoder().encode(username).length > usernameBytesMax ? 'too-long' : undefined;
}
