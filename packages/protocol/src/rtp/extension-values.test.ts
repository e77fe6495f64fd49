import { describe, expect, it } from 'vitest';
import {
  absSendTimeElapsedMs,
  absSendTimeFromMs,
  audioLevelByte,
  type ExtensionElement,
  readAbsSendTime,
  readAudioLevel,
  readMid,
  readRid,
  readTransportSequence,
  readVideoOrientation,
  readVoiceActivity,
  writeAbsSendTime,
  writeAudioLevel,
  writeMid,
  writeRid,
  writeTransportSequence,
  writeVideoOrientation,
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
  it('MID and RID come back as they were written', () => {
    const mid = written(writeMid(bytes, 0, 3, 'audio-0'));
    expect([mid.id, readMid(bytes, mid)]).toEqual([3, 'audio-0']);
    const rid = written(writeRid(bytes, 0, 10, 'h'));
    expect([rid.id, readRid(bytes, rid)]).toEqual([10, 'h']);
  });

  it('a MID that is empty or not of printable ASCII is none', () => {
    expect(readMid(bytes, valueOf())).toBeUndefined();
    expect(readMid(bytes, valueOf(0x30, 0))).toBeUndefined();
    expect(readMid(bytes, valueOf(0xc3, 0xa4))).toBeUndefined();
  });

  it('audio level has voice activity in the upper bit (RFC 6464 section 3)', () => {
    const element = written(writeAudioLevel(bytes, 0, 1, audioLevelByte(37, true)));
    expect(bytes[1]).toBe(0x80 | 37);
    expect([readAudioLevel(bytes, element), readVoiceActivity(bytes, element)]).toEqual([37, true]);
    expect(readAudioLevel(bytes, valueOf(127))).toBe(127);
    expect(readVoiceActivity(bytes, valueOf(127))).toBe(false);
    expect(readAudioLevel(bytes, valueOf())).toBe(-1);
    expect(readVoiceActivity(bytes, valueOf())).toBe(false);
  });

  it('abs-send-time has 18 bits of fraction and wraps after 64 s', () => {
    expect(absSendTimeFromMs(0)).toBe(0);
    expect(absSendTimeFromMs(1000)).toBe(1 << 18);
    expect(absSendTimeFromMs(64_000)).toBe(0);
    expect(absSendTimeFromMs(63_999.999)).toBe(0xffffff);
    const element = written(writeAbsSendTime(bytes, 0, 2, 0xabcdef));
    expect(readAbsSendTime(bytes, element)).toBe(0xabcdef);
    expect(readAbsSendTime(bytes, valueOf(1, 2))).toBe(-1);
    expect(absSendTimeElapsedMs(absSendTimeFromMs(63_990), absSendTimeFromMs(64_010))).toBeCloseTo(20, 1);
    expect(absSendTimeElapsedMs(absSendTimeFromMs(64_010), absSendTimeFromMs(63_990))).toBeCloseTo(-20, 1);
  });

  it('transport-wide sequence has 16 bits, in version 2 too', () => {
    const element = written(writeTransportSequence(bytes, 0, 5, 0xfffe));
    expect(readTransportSequence(bytes, element)).toBe(0xfffe);
    expect(readTransportSequence(bytes, valueOf(1, 2, 0, 0))).toBe(0x0102);
    expect(readTransportSequence(bytes, valueOf(1))).toBe(-1);
  });

  it('video orientation has camera, flip and rotation (3GPP TS 26.114 section 7.4.5)', () => {
    for (const rotation of [0, 90, 180, 270] as const) {
      for (const isFlipped of [false, true]) {
        const value = { rotation, isFlipped, isBackCamera: !isFlipped };
        const element = written(writeVideoOrientation(bytes, 0, 4, value));
        expect(readVideoOrientation(bytes, element)).toEqual(value);
      }
    }
    expect(readVideoOrientation(bytes, valueOf(0x0b))).toEqual({ rotation: 270, isFlipped: false, isBackCamera: true });
    expect(readVideoOrientation(bytes, valueOf())).toBeUndefined();
  });
});
