import {
  type Counters,
  formatTransportAddress,
  type MonotonicMs,
  type PathHandle,
  type TransportAddress,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import type { IceCandidate, IceControllingAgent } from '@rivero/protocol/ice';

/** Candidates of one peer that are checked between two ICE restarts, and as many that wait for its description. */
export const remoteCandidatesMax = 32;

export const remoteCandidateCounters = [
  'candidate-mdns',
  'candidate-unusable',
  'candidate-unreachable',
  'candidate-over-limit',
  'candidate-path-taken',
] as const;

export interface RemoteCandidatesOptions {
  readonly datapath: Datapath;
  readonly counters: Counters<(typeof remoteCandidateCounters)[number]>;
  /** Asks for a path to be this session's alone; false when it is another's. */
  readonly claim: (path: PathHandle) => boolean;
}

/** Turns the candidates of a peer into paths for the controlling agent, whenever they come. */
export class RemoteCandidates {
  readonly #options: RemoteCandidatesOptions;
  #agent: IceControllingAgent | undefined;
  /** Whoever checks nothing needs none. */
  #isNeeded = true;
  /** They came before the description that they belong to. */
  #waiting: readonly IceCandidate[] = [];
  /** Addresses since the last restart. */
  #known = new Set<string>();
  readonly #claimed = new Set<PathHandle>();
  /** Of them those with a socket of their own, which closes with them. */
  readonly #connected = new Set<PathHandle>();

  constructor(options: RemoteCandidatesOptions) {
    this.#options = options;
  }

  /** Paths that are this session's, checked or validated. */
  get claimedPaths(): Iterable<PathHandle> {
    return this.#claimed;
  }

  add(candidate: IceCandidate, now: MonotonicMs): void {
    const { counters } = this.#options;
    if (!this.#isNeeded) return;
    if (candidate.address.toLowerCase().endsWith('.local')) return counters.count('candidate-mdns');
    if (candidate.protocol !== 'udp' || candidate.component !== 1) return counters.count('candidate-unusable');
    const { ufrag } = candidate;
    const ufragKnown = this.#agent?.remoteCredentials.ufrag;
    if (this.#agent !== undefined && (ufrag === undefined || ufrag === ufragKnown)) {
      return this.#open(this.#agent, candidate, now);
    }
    if (this.#waiting.length >= remoteCandidatesMax) return counters.count('candidate-over-limit');
    this.#waiting = [...this.#waiting, candidate];
  }

  /** From now on there is an agent, or it has begun anew with other credentials of the peer. */
  start(agent: IceControllingAgent, now: MonotonicMs): void {
    this.#agent = agent;
    this.#known.clear();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const candidate of waiting) this.add(candidate, now);
  }

  /** The peer checks: its candidates are of no use. */
  stop(): void {
    this.#isNeeded = false;
    this.#waiting = [];
  }

  /** The path is no longer this session's. */
  forget(path: PathHandle): void {
    this.#claimed.delete(path);
    if (this.#connected.delete(path)) this.#options.datapath.paths.close(path);
  }

  #open(agent: IceControllingAgent, { address: ip, port, priority }: IceCandidate, now: MonotonicMs): void {
    const { counters, datapath } = this.#options;
    const address = formatTransportAddress({ ip, port });
    if (this.#known.has(address)) return;
    if (this.#known.size >= remoteCandidatesMax) return counters.count('candidate-over-limit');
    this.#known.add(address);
    if (agent.state === 'failed') return;
    const shared = datapath.paths.openDatagram({ ip, port });
    const path = shared !== undefined && this.#claim(shared) ? shared : this.#connect({ ip, port });
    if (path !== undefined) agent.addPath(path, now, priority);
    else counters.count(shared === undefined ? 'candidate-unreachable' : 'candidate-path-taken');
  }

  #claim(path: PathHandle): boolean {
    if (!this.#options.claim(path)) return false;
    this.#claimed.add(path);
    return true;
  }

  /** Somebody else has the path from the shared sockets to this address, or it is a socket of ours: so there is another one. */
  #connect(remote: TransportAddress): PathHandle | undefined {
    const path = this.#options.datapath.paths.openConnected(remote);
    if (path === undefined) return undefined;
    this.#connected.add(path);
    this.#claim(path);
    return path;
  }
}
