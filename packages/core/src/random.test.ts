import { describe, expect, it } from 'vitest';
import { randomUint16, randomUint32 } from './random.ts';

describe('random integers', () => {
  it('use every bit, unsigned', () => {
    const ones = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);
    expect(randomUint16(ones)).toBe(0xffff);
    expect(randomUint32(ones)).toBe(0xffff_ffff);
    const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);
    expect(randomUint16(counting)).toBe(0x0102);
    expect(randomUint32(counting)).toBe(0x0102_0304);
  });
});
