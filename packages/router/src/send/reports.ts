import { after, elapsed, milliseconds, type MonotonicMs, wallClockMs } from '@rivero/core';
import {
  compactNtp,
  ntpFromWallClock,
  type ReportBlock,
  type RtcpPacket,
  type SdesChunk,
  sdesItemType,
  serializeRtcpCompound,
} from '@rivero/protocol/rtcp';
import type { Consumer } from '../consumer.ts';
import { onGrid } from '../deadline.ts';
import type { RouterSession } from '../router-session.ts';

/** Between reports of one session (RFC 3550 section 6.2 allows less than its 5 s where bandwidth allows). */
const interval = milliseconds(1_000);

/** Between reports that say nothing but that we are here (RFC 3550 section 6.2: the least that it recommends). */
const emptyInterval = milliseconds(5_000);

/** Report blocks of one packet (RFC 3550 section 6.4.1: five bits). */
const blocksMax = 31;
/** Sender reports of one compound, so that it fits a datagram. */
const sendersMax = 14;

/** When a session that reports, or begins to, at `now` does so again. */
export function nextReportAt(now: MonotonicMs): MonotonicMs {
  return onGrid(after(now, interval));
}

/** Our periodic compounds for one session: receiver reports on what it sends, sender reports on what it receives. */
export function buildReports(session: RouterSession, now: MonotonicMs): readonly Uint8Array[] {
  const blocks = reportBlocks(session, now);
  const flowing = [...session.consumers].filter(
    (consumer) => consumer.isFlowing && consumer.producer.clock !== undefined,
  );
  // Most sessions of a large room only receive: their sender reports are report enough.
  const compounds = blocks.length === 0 && flowing.length === 0 ? emptyReports(session, now) : [];
  for (let i = 0; i < blocks.length; i += blocksMax) {
    const report = { type: 'rr', ssrc: session.localSsrc, reports: blocks.slice(i, i + blocksMax) } as const;
    compounds.push(serializeRtcpCompound([report, ownDescription(session)]));
  }
  for (let i = 0; i < flowing.length; i += sendersMax) {
    const some = flowing.slice(i, i + sendersMax);
    const reports = some.map((consumer) => senderReport(consumer, now)).filter((report) => report !== undefined);
    const chunks = some.map(({ sender: { parameters } }) => cnameChunk(parameters.ssrc, parameters.cname));
    compounds.push(serializeRtcpCompound([...reports, { type: 'sdes', chunks }]));
  }
  return compounds;
}

/**
 * Feedback with an empty receiver report and our CNAME in front (RFC 3550 section 6.1). Always: 36 bytes are less than to know
 * who negotiated reduced size (RFC 5506).
 */
export function fullCompound(session: RouterSession, packets: readonly RtcpPacket[]): Uint8Array {
  return serializeRtcpCompound(packets, emptyReport(session));
}

/** To those who send and receive nothing just now: each is a call of the kernel, and they may be thousands. */
function emptyReports(session: RouterSession, now: MonotonicMs): Uint8Array[] {
  if (now < session.emptyReportAt) return [];
  session.emptyReportAt = onGrid(after(now, emptyInterval));
  return [emptyReport(session)];
}

/** It never changes, and is sent often: made once. */
function emptyReport(session: RouterSession): Uint8Array {
  session.emptyReport ??= serializeRtcpCompound([
    { type: 'rr', ssrc: session.localSsrc, reports: [] },
    ownDescription(session),
  ]);
  return session.emptyReport;
}

function ownDescription({ localSsrc, cname }: RouterSession): RtcpPacket {
  return { type: 'sdes', chunks: [cnameChunk(localSsrc, cname)] };
}

function reportBlocks(session: RouterSession, now: MonotonicMs): readonly ReportBlock[] {
  return [...session.producers].flatMap(({ ssrc, reception }) => {
    const block = ssrc === undefined ? undefined : reception.takeReport(ssrc, now);
    return block === undefined ? [] : [block];
  });
}

/**
 * The publisher's clock, going on since its last report, with the consumer's timestamps: sound and picture of one
 * publisher stay on one clock, and lips in time (RFC 3550 section 6.4.1). On a clock of ours where one publisher may
 * follow another.
 */
function senderReport(consumer: Consumer, now: MonotonicMs): RtcpPacket | undefined {
  const { producer, sender } = consumer;
  const { clock } = producer;
  if (clock === undefined) return undefined;
  const sinceMs = elapsed(clock.arrivedAt, now);
  const time = sender.isLasting ? producer.session.clockOffset.ours(clock.time) : clock.time;
  const ntp = ntpFromWallClock(wallClockMs(time + sinceMs));
  const rtpTimestamp = clock.rtpTimestamp + Math.round((sinceMs / 1000) * producer.codec.clockRate);
  sender.sentReport = { compactNtp: compactNtp(ntp), at: now };
  return {
    type: 'sr',
    ssrc: sender.parameters.ssrc,
    ntp,
    rtpTimestamp: sender.rewriter.timestamp(rtpTimestamp),
    packetCount: sender.packetCount % 0x1_0000_0000,
    octetCount: sender.byteCount % 0x1_0000_0000,
    reports: [],
  };
}

function cnameChunk(ssrc: number, cname: string): SdesChunk {
  return { ssrc, items: [{ itemType: sdesItemType.cname, text: cname }] };
}
