import type { PathHandle } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { transactionsMax, TransactionWindow } from './transaction-window.ts';

const path = 1 as PathHandle;
const otherPath = 2 as PathHandle;

function transactionId(number: number): Uint8Array {
  return Uint8Array.from({ length: 12 }, (_, i) => (number >> ((i % 4) * 8)) & 0xff);
}

describe('TransactionWindow', () => {
  it('lets a retransmission pass by its path and no copy by another', () => {
    const window = new TransactionWindow();
    expect(window.isReplay(transactionId(1), path)).toBe(false);
    expect(window.isReplay(transactionId(1), path)).toBe(false);
    expect(window.isReplay(transactionId(1), otherPath)).toBe(true);
    expect(window.isReplay(transactionId(2), otherPath)).toBe(false);
  });

  it(`remembers the last ${transactionsMax} transactions`, () => {
    const window = new TransactionWindow();
    for (let number = 0; number <= transactionsMax; number++) window.isReplay(transactionId(number), path);
    expect(window.isReplay(transactionId(1), otherPath)).toBe(true);
    expect(window.isReplay(transactionId(0), otherPath)).toBe(false);
  });
});
