import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { ReceptionStatistics } from './reception-statistics.ts';

/** Packets every 20 ms at 48 kHz, each that much later than it should be. */
function receive(
  statistics: ReceptionStatistics,
  sequences: readonly number[],
  lateMs: (i: number) => number = () => 0,
): void {
  for (const [i, sequence] of sequences.entries()) {
    statistics.handlePacket(sequence, sequence * 960, monotonicMs(sequence * 20 + lateMs(i)));
  }
}

describe('ReceptionStatistics', () => {
  it('reports nothing before the first packet', () => {
    expect(new ReceptionStatistics(48_000).takeReport(1, monotonicMs(0))).toBeUndefined();
  });

  it('counts the fraction lost of each interval and the sum of all (RFC 3550 section 6.4.1)', () => {
    const statistics = new ReceptionStatistics(48_000);
    receive(statistics, [1, 2, 4]);
    expect(statistics.takeReport(1, monotonicMs(100))).toMatchObject({
      fractionLost: 64,
      cumulativeLost: 1,
      extendedHighestSequence: 4,
    });
    receive(statistics, [5, 6]);
    expect(statistics.takeReport(1, monotonicMs(200))).toMatchObject({ fractionLost: 0, cumulativeLost: 1 });
    receive(statistics, [3]);
    expect(statistics.takeReport(1, monotonicMs(300))).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
  });

  it('measures no jitter of even arrivals and converges on that of uneven ones (RFC 3550 section A.8)', () => {
    const even = new ReceptionStatistics(48_000);
    const sequences = Array.from({ length: 500 }, (_, i) => i + 1);
    receive(even, sequences);
    expect(even.jitterMs).toBeCloseTo(0);
    const uneven = new ReceptionStatistics(48_000);
    receive(uneven, sequences, (i) => (i % 2) * 6);
    expect(uneven.jitterMs).toBeCloseTo(6, 0);
  });

  it('takes a jump of timestamps for a new clock, not for jitter', () => {
    const statistics = new ReceptionStatistics(48_000);
    statistics.handlePacket(1, 0, monotonicMs(0));
    statistics.handlePacket(2, 3_000_000_000, monotonicMs(20));
    expect(statistics.jitterMs).toBe(0);
  });

  it('echoes the last sender report and the time since', () => {
    const statistics = new ReceptionStatistics(48_000);
    receive(statistics, [1]);
    statistics.handleSenderReport({ seconds: 0x1234_5678, fraction: 0x9abc_def0 }, monotonicMs(1_000));
    expect(statistics.takeReport(1, monotonicMs(1_500))).toMatchObject({
      lastSenderReport: 0x5678_9abc,
      delaySinceLastSenderReport: 32_768,
    });
  });
});
