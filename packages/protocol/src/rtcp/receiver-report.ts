import { assert } from '@rivero/core';
import { readReportBlock, type ReportBlock, reportBlockLength, writeReportBlock } from './report-block.ts';
import type { RtcpDefect } from './rtcp-defect.ts';
import { newRtcpPacket, type RtcpBody, rtcpCountMax, rtcpPacketType } from './rtcp-header.ts';

/** How a participant that sends no media received others. */
export interface ReceiverReport {
  readonly type: 'rr';
  readonly ssrc: number;
  /** At most 31. */
  readonly reports: readonly ReportBlock[];
}

/**
 * Profile-specific extensions behind the report blocks are skipped.
 *
 *     |                     SSRC of packet sender                     |
 *     |                 report blocks, 24 bytes each                  |
 *
 * Source: RFC 3550 section 6.4.2.
 */
export function parseReceiverReport(body: RtcpBody): ReceiverReport | RtcpDefect {
  const { view, count } = body;
  if (view.byteLength < 4 + count * reportBlockLength) return 'truncated';
  const reports: ReportBlock[] = [];
  for (let i = 0; i < count; i++) reports.push(readReportBlock(view, 4 + i * reportBlockLength));
  return { type: 'rr', ssrc: view.getUint32(0), reports };
}

export function serializeReceiverReport(report: ReceiverReport): DataView {
  assert(report.reports.length <= rtcpCountMax, 'a receiver report has at most 31 report blocks');
  const length = 4 + report.reports.length * reportBlockLength;
  const view = newRtcpPacket(rtcpPacketType.receiverReport, report.reports.length, length);
  view.setUint32(4, report.ssrc);
  let at = 8;
  for (const block of report.reports) {
    writeReportBlock(view, at, block);
    at += reportBlockLength;
  }
  return view;
}
