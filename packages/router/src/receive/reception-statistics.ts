import { elapsed, type MonotonicMs } from '@rivero/core';
import { compactNtp, msToCompactNtp, type NtpTimestamp, type ReportBlock } from '@rivero/protocol/rtcp';

/**
 * RFC 3550 sections 6.4.1 and A.8: what our receiver reports say about one stream. What came by RTX is of another SSRC
 * (RFC 4588 section 4): its publisher has to see the loss that it repaired, or it would never send less.
 */
export class ReceptionStatistics {
  readonly #clockRate: number;
  #base: number | undefined;
  #newest = 0;
  #received = 0;
  #repaired = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  /** NaN before the first packet: with `undefined` in its place each packet would leave garbage. */
  #transit = Number.NaN;
  #jitter = 0;
  /** In the last interval that was reported: 0 to 1. */
  fractionLost = 0;
  #senderReport: { readonly ntp: NtpTimestamp; readonly arrivedAt: MonotonicMs } | undefined;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Interarrival jitter in milliseconds. */
  get jitterMs(): number {
    return (this.#jitter / this.#clockRate) * 1000;
  }

  /** Never arrived so far, by any way. */
  get lost(): number {
    return Math.max(0, this.#cumulativeLost - this.#repaired);
  }

  get #cumulativeLost(): number {
    return this.#base === undefined ? 0 : Math.max(0, this.#newest - this.#base + 1 - this.#received);
  }

  handlePacket(sequence: number, timestamp: number, now: MonotonicMs): void {
    if (this.#base === undefined) {
      this.#base = sequence;
      this.#newest = sequence;
    }
    this.#received += 1;
    if (sequence > this.#newest) this.#newest = sequence;
    const transit = (now / 1000) * this.#clockRate - timestamp;
    const d = Math.abs(transit - this.#transit);
    // A wrap or restart of timestamps is no jitter.
    if (d < this.#clockRate * 10) this.#jitter += (d - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** A packet of the stream came by RTX. */
  handleRepair(): void {
    this.#repaired += 1;
  }

  handleSenderReport(ntp: NtpTimestamp, now: MonotonicMs): void {
    this.#senderReport = { ntp, arrivedAt: now };
  }

  /** The report block for this stream, and the beginning of the next interval; `undefined` before the first packet. */
  takeReport(ssrc: number, now: MonotonicMs): ReportBlock | undefined {
    if (this.#base === undefined) return undefined;
    const expected = this.#newest - this.#base + 1;
    const expectedInterval = expected - this.#expectedPrior;
    const lostInterval = expectedInterval - (this.#received - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#received;
    const fraction =
      expectedInterval === 0 || lostInterval <= 0 ? 0 : Math.floor((lostInterval * 256) / expectedInterval);
    this.fractionLost = Math.min(255, fraction) / 256;
    const report = this.#senderReport;
    return {
      ssrc,
      fractionLost: Math.min(255, fraction),
      cumulativeLost: Math.min(this.#cumulativeLost, 0x7fffff),
      extendedHighestSequence: this.#newest % 0x1_0000_0000,
      jitter: Math.min(Math.floor(this.#jitter), 0xffffffff),
      lastSenderReport: report === undefined ? 0 : compactNtp(report.ntp),
      delaySinceLastSenderReport: report === undefined ? 0 : msToCompactNtp(elapsed(report.arrivedAt, now)),
    };
  }
}
