import { describe, expect, it } from 'vitest';
import {
  audioLevelByte,
  type ExtensionElement,
  readMid,
  readTransportSequence,
  writeAudioLevel,
  writeMid,
  writeTransportSequence,
} from './index.ts';

const bytes = new Uint8Array(40);

/** The one-byte-form element at 0 that ends at `end`. */
function written(end: number): ExtensionElement {
  expect((bytes[0] & 0x0f) + 2).toBe(end);
  return { id: bytes[0] >> 4, offset: 1, length: end - 1 };
}

function valueOf(...value: readonly number[]): ExtensionElement {
  bytes.set(value);
  return { id: 1, offset: 0, length: value.length };
}

describe('values of header extension elements', () => {
  it('MID comes back as it was written', () => {
    const mid = written(writeMid(bytes, 0, 3, 'audio-0'));
    expect([mid.id, readMid(bytes, mid)]).toEqual([3, 'audio-0']);
  });

  it('a MID that is empty or not of printable ASCII is none', () => {
    expect(readMid(bytes, valueOf())).toBeUndefined();
    expect(readMid(bytes, valueOf(0x30, 0))).toBeUndefined();
    expect(readMid(bytes, valueOf(0xc3, 0xa4))).toBeUndefined();
  });

  it('audio level has voice activity in the upper bit (RFC 6464 section 3)', () => {
    written(writeAudioLevel(bytes, 0, 1, audioLevelByte(37, true)));
    expect(bytes[1]).toBe(0x80 | 37);
    expect(audioLevelByte(127, false)).toBe(127);
  });

  it('transport-wide sequence has 16 bits, in version 2 too', () => {
    const element = written(writeTransportSequence(bytes, 0, 5, 0xfffe));
    expect(readTransportSequence(bytes, element)).toBe(0xfffe);
    expect(readTransportSequence(bytes, valueOf(1, 2, 0, 0))).toBe(0x0102);
    expect(readTransportSequence(bytes, valueOf(1))).toBe(-1);
  });
});
