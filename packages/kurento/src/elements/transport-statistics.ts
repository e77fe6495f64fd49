import { createHash } from 'node:crypto';
import type { EndpointStatistics } from '@rivero/engine';
import type { StatisticsRecord } from './statistics-record.ts';

/** The one transport of an endpoint, for what names it. */
export const transportPart = 'transport';

type Transport = EndpointStatistics['transport'];

/** The transport with its pair of candidates and its certificates, as far as it has them. */
export function addTransport(record: StatisticsRecord, statistics: EndpointStatistics): void {
  const { transport } = statistics;
  const isPlain = transport.dtlsState === undefined;
  record.add('RTCTransportStats', 'transport', record.idOf(transportPart), {
    bytesSent: transport.bytesSent,
    bytesReceived: transport.bytesReceived,
    rtcpTransportStatsId: '',
    activeConnection: isPlain || transport.dtlsState === 'connected',
    selectedCandidatePairId: addPair(record, statistics),
    localCertificateId: addCertificate(record, 'local certificate', transport.localCertificate),
    remoteCertificateId: addCertificate(record, 'remote certificate', transport.remoteCertificate),
  });
}

/** Its id; empty: none was selected. */
function addPair(record: StatisticsRecord, { transport, received, sent }: EndpointStatistics): string {
  const pair = transport.selectedPair;
  if (pair === undefined) return '';
  const local = parseCandidate(pair.local);
  const remote = parseCandidate(pair.remote);
  const [localId, remoteId] = [record.idOf(`local ${pair.local}`), record.idOf(`remote ${pair.remote}`)];
  record.add('RTCIceCandidateAttributes', 'localcandidate', localId, { ...local });
  record.add('RTCIceCandidateAttributes', 'remotecandidate', remoteId, { ...remote });
  const id = record.idOf(`pair ${pair.local} ${pair.remote}`);
  // A round trip is what whoever checks the pair knows: the other side is checked.
  const isChecking = pair.roundTripTime !== undefined;
  record.add('RTCIceCandidatePairStats', 'candidatepair', id, {
    transportId: record.idOf(transportPart),
    localCandidateId: localId,
    remoteCandidateId: remoteId,
    state: 'succeeded',
    priority: pairPriority(isChecking ? local : remote, isChecking ? remote : local),
    nominated: true,
    writable: isChecking,
    readable: !isChecking,
    ...pairTraffic(transport),
    roundTripTime: (pair.roundTripTime ?? 0) / 1000,
    // What the remote side estimates, and what we told it.
    availableOutgoingBitrate: Math.max(0, ...sent.map(({ remb }) => remb)),
    availableIncomingBitrate: Math.max(0, ...received.map(({ remb }) => remb)),
  });
  return id;
}

function pairTraffic({ bytesSent, bytesReceived }: Transport): {
  readonly bytesSent: number;
  readonly bytesReceived: number;
} {
  return { bytesSent, bytesReceived };
}

interface CandidateAttributes {
  readonly ipAddress: string;
  readonly portNumber: number;
  readonly transport: string;
  readonly candidateType: string;
  readonly priority: number;
  readonly addressSourceUrl: string;
}

const candidateTypes: Readonly<Record<string, string>> = {
  host: 'host',
  srflx: 'serverreflexive',
  prflx: 'peerreflexive',
  relay: 'relayed',
};

/** Of a candidate line (RFC 8839 section 5.1). */
function parseCandidate(line: string): CandidateAttributes {
  const [, , transport = '', priority = '', ipAddress = '', port = '', , type = ''] = line.split(' ');
  return {
    ipAddress,
    portNumber: Number(port),
    transport: transport.toLowerCase(),
    candidateType: candidateTypes[type] ?? 'host',
    priority: Number(priority),
    addressSourceUrl: '',
  };
}

/** Of the pair (RFC 8445 section 6.1.2.3), as exactly as JSON's numbers are. */
function pairPriority(controlling: CandidateAttributes, controlled: CandidateAttributes): number {
  const [g, d] = [BigInt(controlling.priority), BigInt(controlled.priority)];
  const [least, most] = g < d ? [g, d] : [d, g];
  return Number(2n ** 32n * least + 2n * most + (g > d ? 1n : 0n));
}

/** Its id; empty: it is not known. */
function addCertificate(record: StatisticsRecord, part: string, der: Uint8Array | undefined): string {
  if (der === undefined) return '';
  const id = record.idOf(part);
  const hash = createHash('sha256').update(der).digest('hex').toUpperCase();
  record.add('RTCCertificateStats', 'session', id, {
    fingerprint: (hash.match(/../g) ?? []).join(':'),
    fingerprintAlgorithm: 'sha-256',
    base64Certificate: Buffer.from(der).toString('base64'),
    issuerCertificateId: '',
  });
  return id;
}
