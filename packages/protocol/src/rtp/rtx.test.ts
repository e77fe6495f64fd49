import { describe, expect, it } from 'vitest';
import { emptyRtpHeader, parseRtpHeader, unwrapRtx, writeRtpHeader, writeRtxPrefix } from './index.ts';

const original = { ssrc: 0xaaaaaaaa, payloadType: 96 };

function rtxPacket(payload: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(14 + payload.length);
  writeRtpHeader(bytes, 0, { payloadType: 97, marker: true, sequence: 9, timestamp: 1234, ssrc: 0xbbbbbbbb });
  bytes.set(payload, writeRtxPrefix(bytes, 12, 0xfedc));
  return bytes;
}

describe('RTX (RFC 4588 section 4)', () => {
  it('unwraps to the original header and payload, moving no bytes', () => {
    const bytes = rtxPacket([1, 2, 3]);
    const before = bytes.slice();
    const header = emptyRtpHeader();
    expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
    expect(unwrapRtx(bytes, header, original)).toBeUndefined();
    expect(header).toMatchObject({
      ...original,
      sequence: 0xfedc,
      timestamp: 1234,
      marker: true,
      payloadOffset: 14,
      payloadLength: 3,
    });
    expect(bytes).toEqual(before);
  });

  it('answers empty-rtx for a probe of padding alone and leaves the header alone', () => {
    const bytes = rtxPacket([]);
    bytes[0] |= 0x20;
    bytes.set([0, 2], 12);
    const header = emptyRtpHeader();
    expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
    expect(unwrapRtx(bytes, header, original)).toBe('empty-rtx');
    expect(header).toMatchObject({ ssrc: 0xbbbbbbbb, sequence: 9, payloadLength: 0 });
  });
});
