import { monotonicMs } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  feedbackStatusMax,
  parseRtcpCompound,
  serializeRtcpCompound,
  ticksPerReferenceUnit,
  type TransportFeedback,
  TransportFeedbackRecorder,
} from './index.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function parseOne(hex: string): unknown {
  const parsed = parseRtcpCompound(bytesOf(hex));
  return typeof parsed === 'string' ? parsed : parsed[0];
}

const base = { type: 'transport-feedback', senderSsrc: 0x11111111, mediaSsrc: 0x22222222 } as const;

/** Made from the draft's pictures by hand: draft-holmer-rmcat-transport-wide-cc-extensions-01 sections 3.1.1 to 3.1.5. */
const vectors: readonly { name: string; hex: string; feedback: TransportFeedback }[] = [
  {
    name: 'a run of small deltas',
    hex: '8fcd0006 11111111 22222222 fffe0004 00000a05 2004 0001 02ff 0000',
    feedback: {
      ...base,
      baseSequence: 0xfffe,
      statusCount: 4,
      referenceTime: 10,
      feedbackCount: 5,
      arrivals: [
        { sequence: 0xfffe, ticks: 0 },
        { sequence: 0xffff, ticks: 1 },
        { sequence: 0, ticks: 3 },
        { sequence: 1, ticks: 258 },
      ],
    },
  },
  {
    name: 'a one-bit vector',
    hex: '8fcd0006 11111111 22222222 00640008 ffffffff a980 0a0b 0c0d 0000',
    feedback: {
      ...base,
      baseSequence: 100,
      statusCount: 8,
      referenceTime: 0xffffff,
      feedbackCount: 255,
      // 1010 1001 1000 0000: lost but for 0, 2 (bits 13 and 11), 5 and 6.
      arrivals: [
        { sequence: 100, ticks: 10 },
        { sequence: 102, ticks: 21 },
        { sequence: 105, ticks: 33 },
        { sequence: 106, ticks: 46 },
      ],
    },
  },
  {
    name: 'a two-bit vector with large deltas, one negative',
    hex: '8fcd0006 11111111 22222222 00640005 00000100 d890 03 0100 ffff 07',
    feedback: {
      ...base,
      baseSequence: 100,
      statusCount: 5,
      referenceTime: 1,
      feedbackCount: 0,
      arrivals: [
        { sequence: 100, ticks: 3 },
        { sequence: 101, ticks: 259 },
        { sequence: 103, ticks: 258 },
        { sequence: 104, ticks: 265 },
      ],
    },
  },
  {
    name: 'a run of lost packets and one of large deltas',
    hex: '8fcd0007 11111111 22222222 00640017 00000200 0014 4003 7fff 8000 0100 0000',
    feedback: {
      ...base,
      baseSequence: 100,
      statusCount: 23,
      referenceTime: 2,
      feedbackCount: 0,
      arrivals: [
        { sequence: 120, ticks: 32_767 },
        { sequence: 121, ticks: -1 },
        { sequence: 122, ticks: 255 },
      ],
    },
  },
];

describe('transport-wide feedback', () => {
  it.each(vectors)('$name', ({ hex, feedback }) => {
    expect(parseOne(hex)).toEqual(feedback);
    expect(Buffer.from(serializeRtcpCompound([feedback]))).toEqual(Buffer.from(bytesOf(hex)));
  });

  it('is refused at every truncation to whole words that is put right in its length', () => {
    for (const { hex } of vectors) {
      const bytes = bytesOf(hex);
      for (let words = 1; words < bytes.length / 4; words++) {
        const cut = bytes.slice(0, words * 4);
        new DataView(cut.buffer).setUint16(2, words - 1);
        expect(parseRtcpCompound(cut)).toBe('truncated');
      }
    }
  });

  it('that claims 65,535 lost packets lists none, and one that claims as many received is refused', () => {
    const lost = '8fcd0009 11111111 22222222 0064ffff 00000000' + '1fff'.repeat(9) + '0000';
    expect(parseOne(lost)).toMatchObject({ statusCount: 0xffff, arrivals: [] });
    expect(parseOne(lost.replaceAll('1fff', '3fff'))).toBe('truncated');
  });

  it('with the reserved symbol is refused', () => {
    expect(parseOne('8fcd0005 11111111 22222222 00640001 00000000 6001 0000')).toBe('malformed');
    expect(parseOne('8fcd0005 11111111 22222222 00640001 00000000 f000 0000')).toBe('malformed');
  });

  it('asserts that arrivals are in order, in range and near enough to each other', () => {
    const [{ feedback }] = vectors;
    const [first, second] = feedback.arrivals;
    for (const arrivals of [
      [second, first],
      [{ sequence: 2, ticks: 0 }],
      [first, { sequence: second.sequence, ticks: 0x8000 }],
    ]) {
      expect(() => serializeRtcpCompound([{ ...feedback, arrivals }])).toThrow(/arrivals/);
    }
  });
});

/** All feedback there is, sent and parsed. */
function pollAll(recorder: TransportFeedbackRecorder): TransportFeedback[] {
  const all: TransportFeedback[] = [];
  for (let feedback = recorder.pollFeedback(); feedback !== undefined; feedback = recorder.pollFeedback()) {
    const bytes = serializeRtcpCompound([feedback]);
    expect(bytes.length).toBeLessThanOrEqual(1000);
    expect(parseRtcpCompound(bytes)).toEqual([feedback]);
    // Its arrivals are filled again for the next one.
    all.push(structuredClone(feedback));
  }
  return all;
}

function newRecorder(): TransportFeedbackRecorder {
  return new TransportFeedbackRecorder({ senderSsrc: 1, mediaSsrc: 2 });
}

/** Arrival times in milliseconds by sequence number. */
function timesOf(all: readonly TransportFeedback[]): Map<number, number> {
  return new Map(
    all.flatMap(({ referenceTime, arrivals }) =>
      arrivals.map(({ sequence, ticks }) => [sequence, (referenceTime * ticksPerReferenceUnit + ticks) / 4] as const),
    ),
  );
}

describe('TransportFeedbackRecorder', () => {
  it('tells nothing before anything arrived, and everything once', () => {
    const recorder = newRecorder();
    expect(recorder.hasFeedback).toBe(false);
    expect(recorder.pollFeedback()).toBeUndefined();
    recorder.handleArrival(10, monotonicMs(1000));
    recorder.handleArrival(12, monotonicMs(1001.25));
    expect(recorder.hasFeedback).toBe(true);
    expect(pollAll(recorder)).toEqual([
      {
        type: 'transport-feedback',
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequence: 10,
        statusCount: 3,
        referenceTime: 15,
        feedbackCount: 0,
        arrivals: [
          { sequence: 10, ticks: 160 },
          { sequence: 12, ticks: 165 },
        ],
      },
    ]);
    expect(recorder.hasFeedback).toBe(false);
    recorder.handleArrival(13, monotonicMs(1010));
    expect(pollAll(recorder)).toMatchObject([{ baseSequence: 13, statusCount: 1, feedbackCount: 1 }]);
  });

  it('goes back for a packet that fills a gap, and ignores a second arrival', () => {
    const recorder = newRecorder();
    recorder.handleArrival(0xfffe, monotonicMs(0));
    recorder.handleArrival(1, monotonicMs(2));
    expect(pollAll(recorder)).toMatchObject([{ baseSequence: 0xfffe, statusCount: 4 }]);
    recorder.handleArrival(0xffff, monotonicMs(5));
    recorder.handleArrival(1, monotonicMs(6));
    const again = pollAll(recorder);
    expect(again).toMatchObject([{ baseSequence: 0xffff, statusCount: 3 }]);
    expect(timesOf(again)).toEqual(
      new Map([
        [0xffff, 5],
        [1, 2],
      ]),
    );
    recorder.handleArrival(1, monotonicMs(7));
    expect(recorder.hasFeedback).toBe(false);
  });

  it('splits where arrivals are too far apart for a delta of 16 bits (8.2 s)', () => {
    const recorder = newRecorder();
    recorder.handleArrival(1, monotonicMs(0));
    recorder.handleArrival(2, monotonicMs(60_000));
    recorder.handleArrival(3, monotonicMs(60_001));
    const all = pollAll(recorder);
    expect(all).toMatchObject([
      { baseSequence: 1, statusCount: 1 },
      { baseSequence: 2, statusCount: 2 },
    ]);
    expect(timesOf(all)).toEqual(
      new Map([
        [1, 0],
        [2, 60_000],
        [3, 60_001],
      ]),
    );
  });

  it('covers at most feedbackStatusMax packets at a time, a gap longer than that included', () => {
    const recorder = newRecorder();
    recorder.handleArrival(0, monotonicMs(64));
    recorder.handleArrival(1000, monotonicMs(128));
    const all = pollAll(recorder);
    expect(all.map(({ statusCount }) => statusCount)).toEqual([1, feedbackStatusMax, feedbackStatusMax, 200]);
    expect(all.map(({ referenceTime }) => referenceTime)).toEqual([1, 2, 2, 2]);
    expect(timesOf(all)).toEqual(
      new Map([
        [0, 64],
        [1000, 128],
      ]),
    );
  });

  it('keeps to its history when sequence numbers jump', () => {
    const recorder = newRecorder();
    recorder.handleArrival(0, monotonicMs(0));
    recorder.handleArrival(30_000, monotonicMs(1));
    recorder.handleArrival(60_000, monotonicMs(2));
    recorder.handleArrival(31_000, monotonicMs(3));
    const all = pollAll(recorder);
    expect(all.reduce((sum, { statusCount }) => sum + statusCount, 0)).toBe(8192);
    expect(timesOf(all)).toEqual(new Map([[60_000, 2]]));
  });

  it('tells every arrival with its time, whatever is lost, late or doubled', () => {
    const arrival = fc.record({ step: fc.integer({ min: -20, max: 60 }), wait: fc.nat(40), isPolled: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.array(arrival, { maxLength: 200 }), (start, arrivals) => {
        const recorder = newRecorder();
        const expected = new Map<number, number>();
        const told = new Map<number, number>();
        let sequence = start;
        let now = 0;
        for (const { step, wait, isPolled } of arrivals) {
          sequence = (sequence + step) & 0xffff;
          now += wait / 4;
          recorder.handleArrival(sequence, monotonicMs(now));
          if (!expected.has(sequence)) expected.set(sequence, now);
          if (isPolled) for (const [at, time] of timesOf(pollAll(recorder))) told.set(at, time);
        }
        for (const [at, time] of timesOf(pollAll(recorder))) told.set(at, time);
        expect(told).toEqual(expected);
      }),
    );
  });
});
