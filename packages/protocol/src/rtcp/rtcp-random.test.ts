import { bitsPerSecond } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  packNackPairs,
  parseRtcpCompound,
  type ReportBlock,
  type RtcpPacket,
  serializeRtcpCompound,
  unpackNackPairs,
} from './index.ts';

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const text = fc.string({ maxLength: 60, unit: 'binary' });

const block: fc.Arbitrary<ReportBlock> = fc.record({
  ssrc: uint32,
  fractionLost: uint8,
  cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
  extendedHighestSequence: uint32,
  jitter: uint32,
  lastSenderReport: uint32,
  delaySinceLastSenderReport: uint32,
});
const blocks = fc.array(block, { maxLength: 31 });
const ssrcs = fc.array(uint32, { maxLength: 31 });

/** Sequence numbers in sending order, over the wrap too. */
const lostSequences = fc
  .record({ start: uint16, steps: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 100 }) })
  .map(({ start, steps }) => {
    let sequence = start;
    return steps.map((step) => (sequence = (sequence + step) & 0xffff));
  });

const transportFeedback: fc.Arbitrary<RtcpPacket> = fc
  .record({
    senderSsrc: uint32,
    mediaSsrc: uint32,
    baseSequence: uint16,
    referenceTime: fc.integer({ min: 0, max: 0xffffff }),
    feedbackCount: uint8,
    deltas: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 255 }) },
        { weight: 1, arbitrary: fc.integer({ min: -0x8000, max: 0x7fff }) },
        { weight: 1, arbitrary: fc.array(fc.constant(undefined), { minLength: 10, maxLength: 60 }) },
      ),
      { minLength: 1, maxLength: 200 },
    ),
  })
  .map(({ deltas, senderSsrc, mediaSsrc, baseSequence, referenceTime, feedbackCount }) => {
    const flat = deltas.flat();
    let ticks = 0;
    const arrivals = flat.flatMap((delta, i) => {
      if (delta === undefined) return [];
      ticks += delta;
      return [{ sequence: (baseSequence + i) & 0xffff, ticks }];
    });
    return {
      type: 'transport-feedback' as const,
      senderSsrc,
      mediaSsrc,
      baseSequence,
      referenceTime,
      feedbackCount,
      statusCount: flat.length,
      arrivals,
    };
  });

const packet: fc.Arbitrary<RtcpPacket> = fc.oneof(
  fc.record({
    type: fc.constant('sr' as const),
    ssrc: uint32,
    ntp: fc.record({ seconds: uint32, fraction: uint32 }),
    rtpTimestamp: uint32,
    packetCount: uint32,
    octetCount: uint32,
    reports: blocks,
  }),
  fc.record({ type: fc.constant('rr' as const), ssrc: uint32, reports: blocks }),
  fc.record({
    type: fc.constant('sdes' as const),
    chunks: fc.array(
      fc.record({
        ssrc: uint32,
        items: fc.array(fc.record({ itemType: fc.constantFrom(1, 2, 3, 12, 13, 15, 200), text }), { maxLength: 4 }),
      }),
      { maxLength: 31 },
    ),
  }),
  fc.record({ type: fc.constant('bye' as const), ssrcs, reason: text }),
  fc.record({ type: fc.constant('bye' as const), ssrcs }),
  fc.record({ type: fc.constant('nack' as const), senderSsrc: uint32, mediaSsrc: uint32, lostSequences }),
  fc.record({ type: fc.constant('pli' as const), senderSsrc: uint32, mediaSsrc: uint32 }),
  fc.record({
    type: fc.constant('fir' as const),
    senderSsrc: uint32,
    entries: fc.array(fc.record({ ssrc: uint32, sequence: uint8 }), { minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    type: fc.constant('remb' as const),
    senderSsrc: uint32,
    bitrate: fc
      .record({ mantissa: fc.integer({ min: 0, max: 0x3ffff }), exponent: fc.integer({ min: 0, max: 63 }) })
      .map(({ mantissa, exponent }) => bitsPerSecond(mantissa * 2 ** exponent)),
    ssrcs: fc.array(uint32, { maxLength: 255 }),
  }),
  transportFeedback,
  fc.record({
    type: fc.constant('unknown' as const),
    packetType: fc.constantFrom(192, 204, 207, 255),
    count: fc.integer({ min: 0, max: 31 }),
    body: fc.uint8Array({ maxLength: 10 }).map((bytes) => new Uint8Array(bytes.length * 4).fill(bytes[0] ?? 0)),
  }),
);

describe('any RTCP compound', () => {
  it('comes back as it was serialized, in whole words', () => {
    const byteOrderMark: RtcpPacket[] = [
      { type: 'sdes', chunks: [{ ssrc: 1, items: [{ itemType: 1, text: '\uFEFFname' }] }] },
      { type: 'bye', ssrcs: [1], reason: '\uFEFF' },
    ];
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 6 }), (packets) => {
        const bytes = serializeRtcpCompound(packets);
        expect(bytes.length % 4).toBe(0);
        expect(parseRtcpCompound(bytes)).toEqual(packets);
      }),
      { numRuns: 500, examples: [[byteOrderMark]] },
    );
  });

  it('is refused at every truncation', () => {
    fc.assert(
      fc.property(packet, (packet) => {
        const bytes = serializeRtcpCompound([packet]);
        for (let length = 0; length < bytes.length; length++) {
          expect(typeof parseRtcpCompound(bytes.subarray(0, length))).toBe('string');
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never throws when bytes of it are changed, and never lists more than its bytes can say', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), to: uint8 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(packet, changes, (packet, changes) => {
        const bytes = serializeRtcpCompound([packet]);
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        const parsed = parseRtcpCompound(bytes);
        if (typeof parsed === 'string') return;
        for (const each of parsed) {
          if (each.type === 'transport-feedback') expect(each.arrivals.length).toBeLessThanOrEqual(bytes.length);
          if (each.type === 'nack') expect(each.lostSequences.length).toBeLessThanOrEqual(bytes.length * 5);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('never throws on random bytes behind a plausible header', () => {
    const header = fc.record({ count: fc.integer({ min: 0, max: 63 }), type: fc.integer({ min: 199, max: 208 }) });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 80 }), ({ count, type }, rest) => {
        const bytes = new Uint8Array(4 + (rest.length & ~3));
        bytes.set([0x80 | count, type, 0, rest.length >> 2]);
        bytes.set(rest.subarray(0, rest.length & ~3), 4);
        const parsed = parseRtcpCompound(bytes);
        if (typeof parsed !== 'string') expect(parsed).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('NACK pairs', () => {
  it('unpack to what was packed', () => {
    fc.assert(
      fc.property(lostSequences, (sequences) => {
        expect(unpackNackPairs(packNackPairs(sequences))).toEqual(sequences);
      }),
    );
  });

  it('hold 17 sequence numbers each at best, and a repeated one once', () => {
    const run = Array.from({ length: 34 }, (_, i) => (65_520 + i) & 0xffff);
    expect(packNackPairs(run)).toEqual([
      { pid: 65_520, blp: 0xffff },
      { pid: 1, blp: 0xffff },
    ]);
    expect(packNackPairs([7, 7, 8])).toEqual([{ pid: 7, blp: 1 }]);
    expect(packNackPairs([])).toEqual([]);
  });
});
