/** Bytes of one report block. */
export const reportBlockLength = 24;

/** How one source was received since the last report (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Lost since the last report, in 256ths of what was expected: 0 to 255. */
  readonly fractionLost: number;
  /** Lost since the beginning; negative when duplicates outnumber losses. Signed 24 bits. */
  readonly cumulativeLost: number;
  /** Cycles in the upper 16 bits, highest sequence number received in the lower. */
  readonly extendedHighestSequence: number;
  /** Interarrival jitter in RTP timestamp units. */
  readonly jitter: number;
  /** LSR: the middle 32 bits of the NTP time of the last sender report; 0 for none. */
  readonly lastSenderReport: number;
  /** DLSR: since then, in 65536ths of a second. */
  readonly delaySinceLastSenderReport: number;
}

/** The report block at `at`; 24 bytes are there. */
export function readReportBlock(view: DataView, at: number): ReportBlock {
  return {
    ssrc: view.getUint32(at),
    fractionLost: view.getUint8(at + 4),
    cumulativeLost: (view.getUint32(at + 4) << 8) >> 8,
    extendedHighestSequence: view.getUint32(at + 8),
    jitter: view.getUint32(at + 12),
    lastSenderReport: view.getUint32(at + 16),
    delaySinceLastSenderReport: view.getUint32(at + 20),
  };
}

/** Writes the block; a cumulative loss beyond 24 bits is clamped (RFC 3550 appendix A.3). */
export function writeReportBlock(view: DataView, at: number, block: ReportBlock): void {
  const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost));
  view.setUint32(at, block.ssrc);
  view.setUint32(at + 4, (block.fractionLost << 24) | (lost & 0xffffff));
  view.setUint32(at + 8, block.extendedHighestSequence);
  view.setUint32(at + 12, block.jitter);
  view.setUint32(at + 16, block.lastSenderReport);
  view.setUint32(at + 20, block.delaySinceLastSenderReport);
}
