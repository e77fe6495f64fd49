import type { TrackKind, TrackSource } from '@rivero/api';
import {
  bitrateOf,
  entryNamed,
  growth,
  millisecondsIn,
  numberIn,
  type StatsEntry,
  type StatsReport,
  textIn,
} from './stats-report.ts';

/** A track that is sent or received, and its section. */
export interface TrackInSection {
  readonly mid: string;
  readonly direction: 'sent' | 'received';
  readonly participantId: string;
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
}

/** How one track does. Members that are undefined: the browser does not say, or not yet. */
export interface TrackStatistics {
  readonly direction: 'sent' | 'received';
  /** Whose track it is. */
  readonly participantId: string;
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /** In bits per second, without headers, since the last time; 0 the first time. */
  readonly bitrate: number;
  /** Since it began. */
  readonly packets: number;
  readonly packetsLost: number | undefined;
  /** Share of the packets that were lost lately: 0 to 1. Of what is sent the server says so. */
  readonly loss: number | undefined;
  readonly jitterMs: number | undefined;
  /** To the server and back; only of what is sent. */
  readonly roundTripMs: number | undefined;
  /** Such as `VP8` and `opus`. */
  readonly codec: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly frameRate: number | undefined;
  readonly framesEncoded: number | undefined;
  readonly framesDecoded: number | undefined;
  readonly framesDropped: number | undefined;
  readonly freezeCount: number | undefined;
  /** How often the receiver asked for lost packets again, and for a picture that needs none before it. */
  readonly nackCount: number | undefined;
  readonly pliCount: number | undefined;
  /** Why less is sent than the device gives; also our own limit of the bit rate is `bandwidth`. Firefox does not say. */
  readonly limitedBy: 'bandwidth' | 'cpu' | 'other' | undefined;
}

/** What a report says of a track; `before`: the report of the last time. Undefined: nothing flows yet. */
export function trackStatistics(
  track: TrackInSection,
  report: StatsReport,
  before: StatsReport | undefined,
): TrackStatistics | undefined {
  const { mid, direction, participantId, trackId, kind, source } = track;
  const isSent = direction === 'sent';
  const entry = rtpEntry(report, isSent ? 'outbound-rtp' : 'inbound-rtp', mid);
  if (entry === undefined) return undefined;
  const last = before?.get(textIn(entry, 'id') ?? '');
  const remote = isSent ? entryNamed(report, entry, 'remoteId') : undefined;
  // Loss and jitter are seen where packets arrive.
  const arrival = isSent ? remote : entry;
  return {
    direction,
    participantId,
    trackId,
    kind,
    source,
    bitrate: bitrateOf(entry, last, isSent ? 'bytesSent' : 'bytesReceived'),
    packets: numberIn(entry, isSent ? 'packetsSent' : 'packetsReceived') ?? 0,
    packetsLost: numberIn(arrival, 'packetsLost'),
    loss: isSent ? numberIn(remote, 'fractionLost') : lossSince(entry, last),
    jitterMs: millisecondsIn(arrival, 'jitter'),
    roundTripMs: millisecondsIn(remote, 'roundTripTime'),
    codec: textIn(entryNamed(report, entry, 'codecId'), 'mimeType')?.split('/')[1],
    width: numberIn(entry, 'frameWidth'),
    height: numberIn(entry, 'frameHeight'),
    frameRate: numberIn(entry, 'framesPerSecond'),
    framesEncoded: numberIn(entry, 'framesEncoded'),
    framesDecoded: numberIn(entry, 'framesDecoded'),
    framesDropped: numberIn(entry, 'framesDropped'),
    freezeCount: numberIn(entry, 'freezeCount'),
    nackCount: numberIn(entry, 'nackCount'),
    pliCount: numberIn(entry, 'pliCount'),
    limitedBy: limitationIn(entry),
  };
}

/** A section that carried another track before, or another codec, may have several: the last that flowed counts. */
function rtpEntry(report: StatsReport, type: string, mid: string): StatsEntry | undefined {
  const entries = [...report.values()].filter((entry) => entry['type'] === type && entry['mid'] === mid);
  const lastFlow = (entry: StatsEntry): number => numberIn(entry, 'lastPacketReceivedTimestamp') ?? 0;
  return entries.reduce<StatsEntry | undefined>(
    (latest, entry) => (latest === undefined || lastFlow(entry) > lastFlow(latest) ? entry : latest),
    undefined,
  );
}

function lossSince(entry: StatsEntry, last: StatsEntry | undefined): number | undefined {
  const received = growth(entry, last, 'packetsReceived');
  if (received === undefined) return undefined;
  // Late and repeated packets are taken off what is lost, which can shrink.
  const lost = growth(entry, last, 'packetsLost') ?? 0;
  return received + lost === 0 ? undefined : lost / (received + lost);
}

function limitationIn(entry: StatsEntry): TrackStatistics['limitedBy'] {
  const reason = entry['qualityLimitationReason'];
  return reason === 'bandwidth' || reason === 'cpu' || reason === 'other' ? reason : undefined;
}
