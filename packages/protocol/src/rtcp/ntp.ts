import { type WallClockMs, wallClockMs } from '@rivero/core';

/** A 64-bit NTP timestamp: seconds since 1900 and 2^-32 fractions (RFC 3550 section 4). */
export interface NtpTimestamp {
  readonly seconds: number;
  readonly fraction: number;
}

/** Seconds from 1900 to 1970 (RFC 868). */
const unixEpoch = 2_208_988_800;

/** The NTP time of a wall clock reading. */
export function ntpFromWallClock(time: WallClockMs): NtpTimestamp {
  const wholeSeconds = Math.floor(time / 1000);
  const fraction = Math.floor(((time - wholeSeconds * 1000) / 1000) * 2 ** 32);
  return { seconds: (wholeSeconds + unixEpoch) % 2 ** 32, fraction };
}

/** The wall clock reading of an NTP time; era 0 from 1968 on, then era 1 (RFC 5905 section 6: until 2104). */
export function wallClockFromNtp(ntp: NtpTimestamp): WallClockMs {
  const seconds = ntp.seconds < 0x80000000 ? ntp.seconds + 2 ** 32 : ntp.seconds;
  return wallClockMs((seconds - unixEpoch) * 1000 + (ntp.fraction / 2 ** 32) * 1000);
}

/** The middle 32 bits: what LSR carries, in 65536ths of a second (RFC 3550 section 6.4.1). */
export function compactNtp(ntp: NtpTimestamp): number {
  return (((ntp.seconds & 0xffff) << 16) | (ntp.fraction >>> 16)) >>> 0;
}

/** Milliseconds of a span in 65536ths of a second, as DLSR and differences of compact NTP times are. */
export function compactNtpToMs(span: number): number {
  return (span / 65536) * 1000;
}

/** The span in 65536ths of a second, at most 32 bits: what DLSR carries. */
export function msToCompactNtp(ms: number): number {
  return Math.max(0, Math.min(0xffffffff, Math.round((ms / 1000) * 65536)));
}
