import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceRewriter } from './sequence-rewriter.ts';

describe('SequenceRewriter', () => {
  it('maps an outgoing number back to the incoming one, across the 16-bit wrap and a replaced stream', () => {
    const streams = fc.array(
      fc.record({ first: fc.integer({ min: 0, max: 1e6 }), count: fc.integer({ min: 1, max: 300 }) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x3fff }), streams, (firstOutgoing, plan) => {
        const rewriter = new SequenceRewriter(firstOutgoing);
        let expected = firstOutgoing;
        for (const { first, count } of plan) {
          rewriter.begin(first, first * 10, 5);
          for (let incoming = first; incoming < first + count; incoming++) {
            const outgoing = rewriter.sequence(incoming);
            expect(outgoing).toBe(expected++);
            rewriter.handleSent(outgoing, rewriter.timestamp(incoming * 10));
            expect(rewriter.incoming(outgoing & 0xffff)).toBe(incoming);
          }
        }
        expect(rewriter.newest).toBe(expected - 1);
      }),
      { numRuns: 50 },
    );
  });

  it('knows nothing from before the beginning, nor before anything was sent', () => {
    const rewriter = new SequenceRewriter(100);
    expect(rewriter.incoming(100)).toBe(-1);
    rewriter.begin(50, 0, 0);
    expect(rewriter.sequence(49)).toBe(-1);
    rewriter.handleSent(rewriter.sequence(50), 0);
    expect(rewriter.incoming(99)).toBe(-1);
    expect(rewriter.incoming(100)).toBe(50);
  });

  it('leaves gaps as they are', () => {
    const rewriter = new SequenceRewriter(10);
    rewriter.begin(1, 0, 0);
    expect([1, 2, 5].map((sequence) => rewriter.sequence(sequence))).toEqual([10, 11, 14]);
  });

  it('goes on with timestamps after a replaced stream by the time that passed, modulo 2^32', () => {
    const rewriter = new SequenceRewriter(0);
    rewriter.begin(1, 0xffff_fff0, 1);
    expect(rewriter.timestamp(0xffff_fff0)).toBe(0xffff_fff0);
    rewriter.handleSent(rewriter.sequence(1), 0xffff_fff0);
    rewriter.begin(500, 77, 100);
    expect(rewriter.timestamp(77)).toBe((0xffff_fff0 + 100) % 2 ** 32);
  });
});
