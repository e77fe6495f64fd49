import type { ReceivedStreamStatistics, SentStreamStatistics } from '@rivero/engine';
import type { JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import { optionalMediaType } from './element-operations.ts';
import type { ElementsContext } from './elements-context.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';
import { StatisticsRecord } from './statistics-record.ts';
import { engineKind } from './track-id.ts';
import { addTransport, transportPart } from './transport-statistics.ts';

/** `getStats` of an endpoint: of one type of media, or of everything with its transport. */
export function endpointStatisticsOperation(
  { now }: ElementsContext,
  object: KurentoObject,
  endpoint: EngineEndpoint,
): Operations {
  return {
    getStats: async (args) => {
      const type = optionalMediaType(args);
      const statistics = await endpoint.statistics();
      const record = new StatisticsRecord(object.id, now());
      const isAsked = ({ kind }: { readonly kind: string }): boolean => type === undefined || engineKind(type) === kind;
      for (const stream of statistics.received.filter(isAsked)) addReceived(record, stream);
      for (const stream of statistics.sent.filter(isAsked)) addSent(record, stream);
      if (type === undefined) addTransport(record, statistics);
      // Latencies are not measured.
      record.add('EndpointStats', 'endpoint', object.id, { inputLatency: [], E2ELatency: [] });
      return record.values;
    },
  };
}

function addReceived(record: StatisticsRecord, stream: ReceivedStreamStatistics): void {
  record.add('RTCInboundRTPStreamStats', 'inboundrtp', record.idOf(`received ${stream.kind}`), {
    ...streamValues(record, stream),
    packetsReceived: stream.packets,
    bytesReceived: stream.bytes,
    jitter: stream.jitterMs / 1000,
  });
}

function addSent(record: StatisticsRecord, stream: SentStreamStatistics): void {
  record.add('RTCOutboundRTPStreamStats', 'outboundrtp', record.idOf(`sent ${stream.kind}`), {
    ...streamValues(record, stream),
    packetsSent: stream.packets,
    bytesSent: stream.bytes,
    // What receivers ask for goes to the sender: nothing is encoded for a target here.
    targetBitrate: 0,
    roundTripTime: (stream.roundTripTime ?? 0) / 1000,
  });
}

function streamValues(record: StatisticsRecord, stream: ReceivedStreamStatistics | SentStreamStatistics): JsonRecord {
  return {
    ssrc: stream.ssrc === undefined ? '' : String(stream.ssrc),
    associateStatsId: '',
    isRemote: false,
    mediaTrackId: stream.trackId ?? '',
    transportId: record.idOf(transportPart),
    codecId: addCodec(record, stream),
    firCount: stream.firCount,
    pliCount: stream.pliCount,
    nackCount: stream.nackCount,
    sliCount: 0,
    remb: stream.remb,
    packetsLost: stream.packetsLost,
    fractionLost: stream.fractionLost,
  };
}

/** Its id; empty: there is none. */
function addCodec(record: StatisticsRecord, stream: ReceivedStreamStatistics | SentStreamStatistics): string {
  const { kind, codec, payloadType, clockRate, packets } = stream;
  const isKnown = codec !== undefined && payloadType !== undefined && clockRate !== undefined;
  // Which codec it is, packets say.
  if (!isKnown || packets === 0) return '';
  const id = record.idOf(`codec ${kind} ${payloadType}`);
  record.add('RTCCodec', 'session', id, { payloadType, codec: `${kind}/${codec}`, clockRate });
  return id;
}
