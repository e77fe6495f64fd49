import { type MonotonicMs, type WallClockMs, wallClockMs } from '@rivero/core';
import { type NtpTimestamp, wallClockFromNtp } from '@rivero/protocol/rtcp';

/** A publisher's clock that is off by more than that, in ms, was set. */
const stepMax = 1_000;

/** Weight of one report: clocks drift by some 50 ppm, reports come late by some 100 ms. */
const gain = 1 / 64;

/** The publisher's time in a sender report. Who has no clock says 0 (RFC 3550 section 6.4.1): then ours is taken for it. */
export function reportedTime(ntp: NtpTimestamp, now: MonotonicMs): WallClockMs {
  return ntp.seconds === 0 && ntp.fraction === 0 ? wallClockMs(now) : wallClockFromNtp(ntp);
}

/**
 * A publisher's wall clock on ours. Whoever receives one publisher after another under one SSRC sees one clock, and all
 * tracks of a publisher move by the same offset, so that lips stay in time.
 */
export class ClockOffset {
  /** Ours less the publisher's; undefined before the first report. */
  value: number | undefined;

  /** A report of this time on the publisher's clock arrived. */
  handleReport(publisherTime: WallClockMs, now: MonotonicMs): void {
    const sample = now - publisherTime;
    const before = this.value ?? sample;
    const error = sample - before;
    this.value = Math.abs(error) > stepMax ? sample : before + error * gain;
  }

  /** On a clock of ours, whose beginning means nothing (RFC 3550 section 6.4.1 lets it be any). */
  ours(publisherTime: WallClockMs): WallClockMs {
    return wallClockMs(publisherTime + (this.value ?? 0));
  }
}
