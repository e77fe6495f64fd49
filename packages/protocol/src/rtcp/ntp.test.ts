import { wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { compactNtp, compactNtpToMs, msToCompactNtp, ntpFromWallClock, wallClockFromNtp } from './index.ts';

describe('NTP time', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0x83aa7e80, 0],
    ['2026-01-01T00:00:00.500Z', 3_976_214_400, 0x80000000],
    ['2036-02-07T06:28:15.000Z', 0xffffffff, 0],
    ['2036-02-07T06:28:16.250Z', 0, 0x40000000],
  ])('%s has %i seconds and fraction %i (RFC 5905 section 6)', (date, seconds, fraction) => {
    const time = wallClockMs(Date.parse(date));
    const ntp = ntpFromWallClock(time);
    expect(ntp).toEqual({ seconds, fraction });
    expect(wallClockFromNtp(ntp)).toBe(time);
  });

  it('comes back to within a microsecond', () => {
    for (let time = 1_700_000_000_000; time < 1_700_000_002_000; time += 7.3) {
      expect(wallClockFromNtp(ntpFromWallClock(wallClockMs(time)))).toBeCloseTo(time, 3);
    }
  });

  it('is compact in the middle 32 bits: the example of RFC 3550 section 6.4.1, figure 2', () => {
    expect(compactNtp({ seconds: 0xb44db705, fraction: 0x20000000 })).toBe(0xb7052000);
    // A = 0xb710:8000, DLSR 0x0005:4000, LSR 0xb705:2000; the delay is 6.125 s.
    const delay = 0xb7108000 - 0x00054000 - 0xb7052000;
    expect(compactNtpToMs(delay)).toBe(6125);
    expect(compactNtpToMs(0x00054000)).toBe(5250);
    expect(msToCompactNtp(5250)).toBe(0x00054000);
  });

  it('has spans clamped to 32 bits', () => {
    expect(msToCompactNtp(-1)).toBe(0);
    expect(msToCompactNtp(1e12)).toBe(0xffffffff);
  });
});
