import type { IceError } from '../help/ice-error.ts';
import type { GatheredCandidate } from './gathered-candidate.ts';
import type { IceUrl } from '../help/ice-url.ts';

/** A server that is to be asked. */
export interface IceServerChoice {
  readonly url: IceUrl;
  /** Of TURN. */
  readonly username: string;
  readonly credential: string;
}

/** Times are milliseconds since the start. */
export interface SeenCandidate {
  readonly atMs: number;
  readonly candidate: GatheredCandidate;
}

export interface SeenError extends IceError {
  readonly atMs: number;
  /** Port of the local address that asked, where the browser tells. */
  readonly port: number | undefined;
}

/**
 * `complete`: the browser is done; `expired`: it was not within our patience; `stopped`: by a press; `refused`: the browser
 * does not take the address.
 */
export type ProbeEnd =
  | { readonly type: 'complete' | 'expired' | 'stopped'; readonly atMs: number }
  | { readonly type: 'refused'; readonly atMs: number; readonly message: string };

/** What is known of one server, which has a connection of its own: so each candidate is known to be its, in every browser. */
export interface Probe {
  readonly url: IceUrl;
  readonly username: string;
  /** The browser was told to use nothing but relays. */
  readonly isRelayOnly: boolean;
  readonly candidates: readonly SeenCandidate[];
  readonly errors: readonly SeenError[];
  readonly end: ProbeEnd | undefined;
}

/** What a connection tells of its gathering. */
export type ProbeEvent =
  | { readonly type: 'candidate'; readonly seen: SeenCandidate }
  | { readonly type: 'error'; readonly seen: SeenError }
  | { readonly type: 'end'; readonly end: ProbeEnd };

/** More of one kind is shown to nobody: a computer has few addresses. */
export const eventsMax = 100;

export function openProbe({ url, username }: IceServerChoice, isRelayOnly: boolean): Probe {
  return { url, username, isRelayOnly, candidates: [], errors: [], end: undefined };
}

/** The probe after what happened; after its end nothing happens any more. */
export function afterEvent(probe: Probe, event: ProbeEvent): Probe {
  if (probe.end !== undefined) return probe;
  switch (event.type) {
    case 'candidate':
      return { ...probe, candidates: [...probe.candidates, event.seen].slice(0, eventsMax) };
    case 'error':
      return { ...probe, errors: [...probe.errors, event.seen].slice(0, eventsMax) };
    case 'end':
      return { ...probe, end: event.end };
  }
}

/** The same error of several local addresses, told once. */
export interface ErrorGroup extends IceError {
  readonly atMs: number;
  readonly count: number;
}

export function groupErrors(errors: readonly SeenError[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const { code, text, url, atMs } of errors) {
    const key = JSON.stringify([code, text, url]);
    const group = groups.get(key);
    groups.set(key, group === undefined ? { code, text, url, atMs, count: 1 } : { ...group, count: group.count + 1 });
  }
  return [...groups.values()];
}

/** A candidate in the list of all. */
export interface ListedCandidate extends SeenCandidate {
  readonly url: IceUrl;
}

/**
 * The candidates of all probes as they came. Addresses of this device are the same in each: those of the first probe that has
 * some stand for all.
 */
export function listCandidates(probes: readonly Probe[]): readonly ListedCandidate[] {
  const first = probes.find(({ candidates }) => candidates.some(({ candidate }) => candidate.type === 'host'));
  return probes
    .flatMap((probe) =>
      probe.candidates
        .filter(({ candidate }) => candidate.type !== 'host' || probe === first)
        .map((seen) => ({ ...seen, url: probe.url })),
    )
    .toSorted((one, other) => one.atMs - other.atMs);
}
