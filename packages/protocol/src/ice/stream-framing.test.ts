import { BrokenInvariant } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, frameLengthMax, StreamDeframer } from './index.ts';

function bytesOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** What a deframer makes of the chunks, until it says that a frame is too long. */
function deframed(chunks: readonly Uint8Array[], max = 1_500): readonly Uint8Array[] | 'frame-too-long' {
  const deframer = new StreamDeframer(max);
  const packets: Uint8Array[] = [];
  for (const chunk of chunks) {
    const some = deframer.handleChunk(chunk);
    if (some === 'frame-too-long') return some;
    packets.push(...some);
  }
  return packets;
}

describe('frame (RFC 4571 section 2)', () => {
  it('puts the length in front, in network order', () => {
    expect(frame(Uint8Array.of(0xaa, 0xbb))).toEqual(Uint8Array.of(0, 2, 0xaa, 0xbb));
    expect(frame(new Uint8Array(0))).toEqual(Uint8Array.of(0, 0));
    expect(frame(bytesOf(0x1234)).subarray(0, 2)).toEqual(Uint8Array.of(0x12, 0x34));
  });

  it(`frames ${frameLengthMax} bytes and no more`, () => {
    expect(deframed([frame(bytesOf(frameLengthMax))], frameLengthMax)).toEqual([bytesOf(frameLengthMax)]);
    expect(() => frame(bytesOf(frameLengthMax + 1))).toThrow(BrokenInvariant);
  });
});

describe('StreamDeframer', () => {
  const packets = [bytesOf(3), bytesOf(1, 50), bytesOf(20, 100), bytesOf(2, 150)];
  const stream = joined(packets.map(frame));

  it('finds the same packets however the stream is split in two or three', () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const chunks = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
        expect(deframed(chunks), `split at ${first} and ${second}`).toEqual(packets);
      }
    }
  });

  it('finds them byte by byte, each as soon as its last byte is there', () => {
    const deframer = new StreamDeframer(1_500);
    const ends: number[] = [];
    for (const [i, byte] of stream.entries()) {
      const found = deframer.handleChunk(Uint8Array.of(byte));
      if (found.length > 0) ends.push(i);
    }
    expect(ends).toEqual([4, 7, 29, 33]);
  });

  it('finds random packets in random chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
        (sent, sizes) => {
          const all = joined(sent.map(frame));
          const chunks: Uint8Array[] = [];
          for (let offset = 0, i = 0; offset < all.length; i++) {
            const size = sizes[i % sizes.length];
            chunks.push(all.slice(offset, offset + size));
            offset += size;
          }
          expect(deframed(chunks)).toEqual(sent);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps what it holds of a frame when the chunk is written over', () => {
    const deframer = new StreamDeframer(1_500);
    const chunk = stream.slice(0, 15);
    deframer.handleChunk(chunk);
    chunk.fill(0xff);
    expect(deframer.handleChunk(stream.slice(15))).toEqual([packets[2], packets[3]]);
  });

  it('keeps a copy of an unfinished frame also when the chunk is a Buffer, whose slices are views', () => {
    const deframer = new StreamDeframer(1_000);
    const framed = frame(bytesOf(40));
    const chunk = Buffer.from(framed.subarray(0, 15));
    deframer.handleChunk(chunk);
    chunk.fill(0xff);
    expect(deframer.handleChunk(framed.subarray(15))).toEqual([bytesOf(40)]);
  });

  it('passes over empty frames', () => {
    const empty = Uint8Array.of(0, 0);
    expect(deframed([joined([empty, frame(bytesOf(3)), empty, empty])])).toEqual([bytesOf(3)]);
  });

  it('finds no packet in any truncation of a frame', () => {
    const framed = frame(bytesOf(40));
    for (let length = 0; length < framed.length; length++) expect(deframed([framed.subarray(0, length)])).toEqual([]);
  });

  it('accepts a frame as long as its limit and answers frame-too-long to one byte more, before it arrives', () => {
    expect(deframed([frame(bytesOf(100))], 100)).toEqual([bytesOf(100)]);
    expect(deframed([Uint8Array.of(0, 101)], 100)).toBe('frame-too-long');
    expect(deframed([Uint8Array.of(0), Uint8Array.of(101)], 100)).toBe('frame-too-long');
  });

  it('says so for good: nothing behind a wrong length can be trusted', () => {
    const deframer = new StreamDeframer(100);
    expect(deframer.handleChunk(joined([frame(bytesOf(3)), Uint8Array.of(0xff, 0xff)]))).toBe('frame-too-long');
    expect(deframer.handleChunk(frame(bytesOf(3)))).toBe('frame-too-long');
    expect(deframer.handleChunk(new Uint8Array(0))).toBe('frame-too-long');
  });

  it('never throws on random chunks, and no packet is longer than the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), fc.nat(300), (chunks, max) => {
        const found = deframed(chunks, max);
        if (found === 'frame-too-long') return;
        for (const packet of found) expect(packet.length).toBeLessThanOrEqual(max);
      }),
      { numRuns: 300 },
    );
  });
});
