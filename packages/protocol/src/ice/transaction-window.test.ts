import type { PathHandle } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { nominationsMax, transactionsMax, TransactionWindow } from './transaction-window.ts';

const path = 1 as PathHandle;
const otherPath = 2 as PathHandle;

function transactionId(number: number): Uint8Array {
  return Uint8Array.from({ length: 12 }, (_, i) => (i < 4 ? (number >> (i * 8)) & 0xff : i));
}

describe('TransactionWindow', () => {
  it.each([true, false])(
    'lets a retransmission pass by its path and no copy by another (nominates: %s)',
    (nominates) => {
      const window = new TransactionWindow();
      expect(window.isReplay(transactionId(1), path, nominates)).toBe(false);
      expect(window.isReplay(transactionId(1), path, nominates)).toBe(false);
      expect(window.isReplay(transactionId(1), otherPath, nominates)).toBe(true);
      expect(window.isReplay(transactionId(2), otherPath, nominates)).toBe(false);
    },
  );

  it.each([
    [false, transactionsMax],
    [true, nominationsMax],
  ])('remembers the last transactions of a kind (nominates: %s): %i', (nominates, max) => {
    const window = new TransactionWindow();
    for (let number = 0; number <= max; number++) window.isReplay(transactionId(number), path, nominates);
    for (const number of [1, 17, max]) expect(window.isReplay(transactionId(number), otherPath, nominates)).toBe(true);
    expect(window.isReplay(transactionId(0), otherPath, nominates)).toBe(false);
    expect(window.isReplay(transactionId(1), otherPath, nominates)).toBe(false);
    expect(window.isReplay(transactionId(3), otherPath, nominates)).toBe(true);
  });

  it('remembers nominations whatever else comes', () => {
    const window = new TransactionWindow();
    window.isReplay(transactionId(0), path, true);
    for (let number = 1; number < 10_000; number++) window.isReplay(transactionId(number), path, false);
    expect(window.isReplay(transactionId(0), otherPath, true)).toBe(true);
  });

  it('tells transactions apart that differ in one byte', () => {
    const window = new TransactionWindow();
    window.isReplay(new Uint8Array(12), path, true);
    for (let i = 0; i < 12; i++) {
      const other = new Uint8Array(12);
      other[i] = 0x80 | i;
      expect(window.isReplay(other, otherPath, true)).toBe(false);
    }
  });
});
