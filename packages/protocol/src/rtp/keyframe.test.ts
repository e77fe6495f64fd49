import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyRtpHeader,
  emptyVp8Descriptor,
  emptyVp9Descriptor,
  isKeyframeStart,
  isVideoCodecName,
  parseRtpHeader,
  parseVp8Descriptor,
  parseVp9Descriptor,
  type VideoCodecName,
} from './index.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function isKey(codec: VideoCodecName, hex: string): boolean {
  const bytes = bytesOf(hex);
  return isKeyframeStart(codec, bytes, 0, bytes.length);
}

interface FixtureFrame {
  readonly frame: number;
  readonly packets: readonly string[];
}

function readFixture(name: string): readonly FixtureFrame[] {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')) as FixtureFrame[];
}

describe.each([
  { codec: 'VP8', file: 'ffmpeg-vp8.json', keyframes: [0] },
  { codec: 'VP9', file: 'ffmpeg-vp9.json', keyframes: [0] },
  { codec: 'H264', file: 'ffmpeg-h264.json', keyframes: [0, 60] },
  { codec: 'AV1', file: 'ffmpeg-av1.json', keyframes: [0] },
] as const)('$codec packets of FFmpeg', ({ codec, file, keyframes }) => {
  it('begin keyframes where the clip has them, in the first packet of the frame', () => {
    const found: number[] = [];
    const header = emptyRtpHeader();
    for (const { frame, packets } of readFixture(file)) {
      packets.forEach((packet, i) => {
        const bytes = Uint8Array.from(Buffer.from(packet, 'base64'));
        expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
        const { payloadOffset, payloadLength } = header;
        if (i === 0 && isKeyframeStart(codec, bytes, payloadOffset, payloadLength)) found.push(frame);
        if (!keyframes.some((key) => key === frame)) {
          expect(isKeyframeStart(codec, bytes, payloadOffset, payloadLength)).toBe(false);
        }
      });
    }
    expect(found).toEqual(keyframes);
  });
});

describe('VP8 (RFC 7741)', () => {
  it.each([
    ['the shortest descriptor', '10 50', true],
    ['a 15-bit picture id, TL0PICIDX, TID and KEYIDX', '90 f0 8001 07 20 50', true],
    ['an inter frame', '10 51', false],
    ['the rest of a partition', '00 50', false],
    ['the beginning of partition 1', '11 50', false],
    ['no data behind the descriptor', '90 80 01', false],
  ])('%s (%s): %s', (_name, hex, expected) => {
    expect(isKey('VP8', hex)).toBe(expected);
  });

  it('descriptor fields are all read', () => {
    const into = emptyVp8Descriptor();
    const bytes = bytesOf('b2 f0 9234 07 a5 50');
    expect(parseVp8Descriptor(bytes, 0, bytes.length, into)).toBe(true);
    expect(into).toEqual({
      isPartitionStart: true,
      partition: 2,
      isNonReference: true,
      pictureId: 0x1234,
      pictureIdBits: 15,
      tl0PictureIndex: 7,
      temporalLayer: 2,
      isLayerSync: true,
      keyIndex: 5,
      dataOffset: 6,
    });
    for (let length = 0; length < bytes.length; length++)
      expect(parseVp8Descriptor(bytes, 0, length, into)).toBe(false);
  });
});

describe('VP9 (RFC 9628)', () => {
  it.each([
    ['an intra picture', '08 82', true],
    ['one that says it is inter', '48 82', false],
    ['one that does not say so, with an inter frame header', '08 86', false],
    ['show_existing_frame', '08 8a', false],
    ['profile 3', '08 b0', true],
    ['profile 3, inter', '08 b2', false],
    ['no frame marker', '08 42', false],
    ['the rest of a frame', '04 82', false],
    ['spatial layer 0 with a scalability structure', '8a 01 08 01 04 00 82', true],
    ['spatial layer 0, picture id and TL0PICIDX', 'a8 01 00 07 82', true],
    ['spatial layer 1 of a keyframe', 'a8 01 03 07 82', false],
    ['no data', 'a8 01 00 07', false],
  ])('%s (%s): %s', (_name, hex, expected) => {
    expect(isKey('VP9', hex)).toBe(expected);
  });

  it('descriptor fields are all read, in flexible mode with a scalability structure', () => {
    const into = emptyVp9Descriptor();
    // I P L F B E V, picture id, layers, two reference indices, two sizes and one picture group of two references.
    const bytes = bytesOf('fe 9234 53 0302 38 0140 00b4 0280 0168 01 28 0102 86');
    expect(parseVp9Descriptor(bytes, 0, bytes.length, into)).toBe(true);
    expect(into).toEqual({
      isInterPicture: true,
      isFlexible: true,
      isLayerFrameStart: true,
      isLayerFrameEnd: true,
      pictureId: 0x1234,
      temporalLayer: 2,
      spatialLayer: 1,
      isSwitchingUpPoint: true,
      isInterLayer: true,
      hasScalabilityStructure: true,
      dataOffset: bytes.length - 1,
    });
    for (let length = 0; length < bytes.length; length++)
      expect(parseVp9Descriptor(bytes, 0, length, into)).toBe(false);
  });

  it('more than three reference indices are refused (RFC 9628 section 4.2)', () => {
    const bytes = bytesOf('58 03 05 07 02 86');
    expect(parseVp9Descriptor(bytes, 0, bytes.length, emptyVp9Descriptor())).toBe(false);
  });
});

describe('H264 (RFC 6184)', () => {
  it.each([
    ['a sequence parameter set', '67 42c01f', true],
    ['a picture parameter set', '68 ce3c80', false],
    ['the first slice of an IDR picture', '65 88', true],
    ['a later slice of an IDR picture', '65 40', false],
    ['a slice of another picture', '41 9a', false],
    ['STAP-A with a sequence parameter set behind SEI', '78 0003 060102 0004 6742c01f', true],
    ['STAP-A without', '78 0003 060102 0002 419a', false],
    ['STAP-A cut off before it', '78 0003 060102 0009 6742c01f', false],
    ['STAP-A with a NAL unit of no length', '78 0000 0004 6742c01f', false],
    ['FU-A that begins the first IDR slice', '7c 85 88', true],
    ['FU-A in the middle of it', '7c 05 88', false],
    ['FU-A that begins a later IDR slice', '7c 85 40', false],
    ['FU-A that begins a slice of another picture', '5c 81 9a', false],
    ['one byte', '67', false],
  ])('%s (%s): %s', (_name, hex, expected) => {
    expect(isKey('H264', hex)).toBe(expected);
  });
});

describe('H265 (RFC 7798)', () => {
  it.each([
    ['a video parameter set', '4001 0c01', true],
    ['a sequence parameter set', '4201 0101', true],
    ['a picture parameter set', '4401 c172', false],
    ['the first slice segment of an IDR picture', '2601 af', true],
    ['a later slice segment of an IDR picture', '2601 20', false],
    ['the first slice segment of a CRA picture', '2a01 af', true],
    ['the first slice segment of another picture', '0201 d0', false],
    ['an aggregation packet with a video parameter set behind SEI', '6001 0003 4e0101 0004 40010c01', true],
    ['an aggregation packet without', '6001 0003 4e0101 0003 0201d0', false],
    ['an aggregation packet cut off before it', '6001 0003 4e0101 0009 40010c01', false],
    ['an aggregation packet with a NAL unit of no length', '6001 0000 0004 40010c01', false],
    ['a fragmentation unit that begins the first IDR slice segment', '6201 93 af', true],
    ['a fragmentation unit in the middle of it', '6201 13 af', false],
    ['a fragmentation unit that begins a later IDR slice segment', '6201 93 20', false],
    ['a fragmentation unit that begins a slice segment of another picture', '6201 81 d0', false],
    ['a fragmentation unit without its header', '6201', false],
    ['two bytes', '4001', false],
  ])('%s (%s): %s', (_name, hex, expected) => {
    expect(isKey('H265', hex)).toBe(expected);
  });
});

describe('AV1 (RTP payload format v1.0)', () => {
  it.each([
    ['N set', '18 30 00', true],
    ['a sequence header OBU, one element', '10 0a 0b', true],
    ['a sequence header behind a temporal delimiter, all with sizes', '00 01 10 02 0800', true],
    ['a frame OBU alone', '10 30 00', false],
    ['the rest of an OBU that looks like a sequence header', '90 0a 0b', false],
    ['an element beyond the end', '20 09 0a 0b', false],
    ['a size that never ends', '00 ffffffffffffffff', false],
    ['one byte', '18', false],
  ])('%s (%s): %s', (_name, hex, expected) => {
    expect(isKey('AV1', hex)).toBe(expected);
  });
});

describe('payloads that make no sense', () => {
  it('are read without leaving the payload and without throwing', () => {
    const codecs = ['VP8', 'VP9', 'H264', 'H265', 'AV1'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 64 }), (codec, payload) => {
        const first = new Uint8Array(payload.length + 40);
        first.set(payload, 8);
        const second = new Uint8Array(payload.length + 40).fill(0xff);
        second.set(payload, 8);
        const answer = isKeyframeStart(codec, first, 8, payload.length);
        expect(isKeyframeStart(codec, second, 8, payload.length)).toBe(answer);
      }),
      { numRuns: 4000 },
    );
  });

  it('belong to codecs by their RTP names', () => {
    expect(['VP8', 'VP9', 'H264', 'H265', 'AV1', 'opus', 'vp8'].map(isVideoCodecName)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
