import {
  bitrateOf,
  entryNamed,
  millisecondsIn,
  numberIn,
  type StatsEntry,
  type StatsReport,
  textIn,
} from './stats-report.ts';

/** Where an end of the path was found (RFC 8445 section 5.1.1): the machine itself, seen by a server or by the other end, relayed. */
export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

/** Straight to the other end, or through a TURN server. */
export type ConnectionPath = 'direct' | 'relay';

/** How the relay is talked to. */
export type RelayProtocol = 'udp' | 'tcp' | 'tls';

/** The path to the server that is in use. Members that are undefined: there is none yet, or the browser does not say. */
export interface ConnectionStatistics {
  /** Everything, in bits per second since the last time; 0 the first time. */
  readonly bitrateSent: number;
  readonly bitrateReceived: number;
  /** Of the packets at their own end: those of a relay are UDP, however it is talked to. */
  readonly protocol: 'udp' | 'tcp' | undefined;
  readonly path: ConnectionPath | undefined;
  /** To our own relay; undefined without one. */
  readonly relayProtocol: RelayProtocol | undefined;
  readonly localCandidate: CandidateType | undefined;
  readonly remoteCandidate: CandidateType | undefined;
  readonly roundTripMs: number | undefined;
  /** What the browser believes that the path to the server carries, in bits per second. Firefox does not say. */
  readonly availableOutgoingBitrate: number | undefined;
}

/** What a report says of the path; `before`: the report of the last time. */
export function connectionStatistics(report: StatsReport, before: StatsReport | undefined): ConnectionStatistics {
  const pair = selectedPair(report);
  const last = pair && before?.get(String(pair['id']));
  const local = entryNamed(report, pair, 'localCandidateId');
  const remote = entryNamed(report, pair, 'remoteCandidateId');
  const protocol = local?.['protocol'];
  return {
    bitrateSent: pair === undefined ? 0 : bitrateOf(pair, last, 'bytesSent'),
    bitrateReceived: pair === undefined ? 0 : bitrateOf(pair, last, 'bytesReceived'),
    protocol: protocol === 'udp' || protocol === 'tcp' ? protocol : undefined,
    path: connectionPath(local, remote),
    relayProtocol: relayProtocol(local),
    localCandidate: candidateType(local),
    remoteCandidate: candidateType(remote),
    roundTripMs: roundTrip(report, pair),
    availableOutgoingBitrate: numberIn(pair, 'availableOutgoingBitrate'),
  };
}

/** That of the transport; older Firefox marks the pair itself. */
function selectedPair(report: StatsReport): StatsEntry | undefined {
  const entries = [...report.values()];
  const transport = entries.find(({ type }) => type === 'transport');
  return (
    entryNamed(report, transport, 'selectedCandidatePairId') ??
    entries.find(({ type, selected }) => type === 'candidate-pair' && selected === true)
  );
}

/** By STUN; Firefox says 0 there, but knows it of what it sends. */
function roundTrip(report: StatsReport, pair: StatsEntry | undefined): number | undefined {
  const byStun = millisecondsIn(pair, 'currentRoundTripTime');
  if (byStun !== undefined && byStun > 0) return byStun;
  const bySending = [...report.values()]
    .filter(({ type }) => type === 'remote-inbound-rtp')
    .flatMap((entry) => millisecondsIn(entry, 'roundTripTime') ?? []);
  return bySending.length === 0 ? undefined : Math.min(...bySending);
}

function connectionPath(...ends: readonly (StatsEntry | undefined)[]): ConnectionPath | undefined {
  if (ends.some(isRelayed)) return 'relay';
  return ends.some((end) => candidateType(end) !== undefined) ? 'direct' : undefined;
}

/** Where a NAT hides the relay, the other end sees it by an address that nobody told: that is a `prflx` with a relay. */
function isRelayed(candidate: StatsEntry | undefined): boolean {
  return candidateType(candidate) === 'relay' || textIn(candidate, 'relayProtocol') !== undefined;
}

/** Firefox says `tcp` of TLS, and has it in the address of the server. */
function relayProtocol(local: StatsEntry | undefined): RelayProtocol | undefined {
  if (!isRelayed(local)) return undefined;
  if (textIn(local, 'url')?.startsWith('turns:') === true) return 'tls';
  const protocol = local?.['relayProtocol'];
  return protocol === 'udp' || protocol === 'tcp' || protocol === 'tls' ? protocol : undefined;
}

function candidateType(candidate: StatsEntry | undefined): CandidateType | undefined {
  const type = candidate?.['candidateType'];
  return type === 'host' || type === 'srflx' || type === 'prflx' || type === 'relay' ? type : undefined;
}
