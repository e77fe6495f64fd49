import { milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { StunTransaction, transactionLifetime } from './stun-transaction.ts';

const id = Uint8Array.from({ length: 12 }, (_, i) => i);
const bytes = new Uint8Array(20);

function course(transaction: StunTransaction): readonly [number, string | undefined][] {
  const steps: [number, string | undefined][] = [];
  for (let step: string | undefined; step !== 'failed';) {
    const now = transaction.deadline();
    step = transaction.handleTimeout(now);
    steps.push([now, step]);
  }
  return steps;
}

describe('a transaction (RFC 8489 section 6.2)', () => {
  it('repeats its request at 500, 1500 … 31500 ms and fails at 39500 ms', () => {
    const repeats = [500, 1_500, 3_500, 7_500, 15_500, 31_500].map((at) => [at, 'repeat']);
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: true }, monotonicMs(0));
    expect(course(transaction)).toEqual([...repeats, [39_500, 'failed']]);
    expect(transactionLifetime).toBe(39_500);
  });

  it('repeats nothing over a connection', () => {
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: false }, monotonicMs(100));
    expect(course(transaction)).toEqual([[39_600, 'failed']]);
  });

  it('fails earlier for those with less patience, and does nothing before its time', () => {
    const patience = milliseconds(1_000);
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: true, patience }, monotonicMs(0));
    expect(transaction.handleTimeout(monotonicMs(499))).toBeUndefined();
    expect(course(transaction)).toEqual([
      [500, 'repeat'],
      [1_000, 'failed'],
    ]);
  });

  it('is answered by its id alone', () => {
    const transaction = new StunTransaction({ id, bytes, isRetransmitted: true }, monotonicMs(0));
    expect(transaction.isAnsweredBy(id.slice())).toBe(true);
    expect(transaction.isAnsweredBy(new Uint8Array(12))).toBe(false);
  });
});
