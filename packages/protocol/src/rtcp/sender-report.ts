import { assert } from '@rivero/core';
import type { NtpTimestamp } from './ntp.ts';
import { readReportBlock, type ReportBlock, reportBlockLength, writeReportBlock } from './report-block.ts';
import type { RtcpDefect } from './rtcp-defect.ts';
import { newRtcpPacket, type RtcpBody, rtcpCountMax, rtcpPacketType } from './rtcp-header.ts';

/** SSRC, NTP and RTP time, two counts. */
const senderInfoLength = 24;

/** What a sender sent so far, and the pair of times that ties its RTP timestamps to a wall clock. */
export interface SenderReport {
  readonly type: 'sr';
  readonly ssrc: number;
  readonly ntp: NtpTimestamp;
  /** The same moment as `ntp`, in the stream's RTP clock. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
  /** At most 31. */
  readonly reports: readonly ReportBlock[];
}

/**
 * Profile-specific extensions behind the report blocks are skipped.
 *
 *     |                         SSRC of sender                        |
 *     |              NTP timestamp, most significant word             |
 *     |             NTP timestamp, least significant word             |
 *     |                         RTP timestamp                         |
 *     |                     sender's packet count                     |
 *     |                      sender's octet count                     |
 *     |                 report blocks, 24 bytes each                  |
 *
 * Source: RFC 3550 section 6.4.1.
 */
export function parseSenderReport(body: RtcpBody): SenderReport | RtcpDefect {
  const { view, count } = body;
  if (view.byteLength < senderInfoLength + count * reportBlockLength) return 'truncated';
  const reports: ReportBlock[] = [];
  for (let i = 0; i < count; i++) reports.push(readReportBlock(view, senderInfoLength + i * reportBlockLength));
  return {
    type: 'sr',
    ssrc: view.getUint32(0),
    ntp: { seconds: view.getUint32(4), fraction: view.getUint32(8) },
    rtpTimestamp: view.getUint32(12),
    packetCount: view.getUint32(16),
    octetCount: view.getUint32(20),
    reports,
  };
}

export function serializeSenderReport(report: SenderReport): DataView {
  assert(report.reports.length <= rtcpCountMax, 'a sender report has at most 31 report blocks');
  const length = senderInfoLength + report.reports.length * reportBlockLength;
  const view = newRtcpPacket(rtcpPacketType.senderReport, report.reports.length, length);
  view.setUint32(4, report.ssrc);
  view.setUint32(8, report.ntp.seconds);
  view.setUint32(12, report.ntp.fraction);
  view.setUint32(16, report.rtpTimestamp);
  view.setUint32(20, report.packetCount);
  view.setUint32(24, report.octetCount);
  let at = 4 + senderInfoLength;
  for (const block of report.reports) {
    writeReportBlock(view, at, block);
    at += reportBlockLength;
  }
  return view;
}
