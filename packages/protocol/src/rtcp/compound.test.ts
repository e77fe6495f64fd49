import { describe, expect, it } from 'vitest';
import { parseRtcpCompound, type RtcpPacket, sdesItemType, serializeRtcpCompound } from './index.ts';

const report: RtcpPacket = { type: 'rr', ssrc: 1, reports: [] };

function description(length: number): RtcpPacket {
  const items = [{ itemType: sdesItemType.cname, text: 'x'.repeat(length) }];
  return { type: 'sdes', chunks: [{ ssrc: 1, items }] };
}

describe('compounds', () => {
  it('stay as they were when others are serialized', () => {
    const first = serializeRtcpCompound([report, description(9)]);
    const kept = first.slice();
    serializeRtcpCompound([description(200), description(200)]);
    expect(first).toEqual(kept);
  });

  it('have nothing left in them of those before', () => {
    const alone = serializeRtcpCompound([description(9)]);
    serializeRtcpCompound([description(255), description(255)]);
    expect(serializeRtcpCompound([description(9)])).toEqual(alone);
  });

  it('may be larger than any before', () => {
    const packets = [report, ...Array.from({ length: 300 }, (_, i) => description(i % 256))];
    expect(parseRtcpCompound(serializeRtcpCompound(packets))).toEqual(packets);
  });

  it('go behind packets that were serialized before', () => {
    const before = serializeRtcpCompound([report]);
    const bytes = serializeRtcpCompound([description(9)], before);
    expect(parseRtcpCompound(bytes)).toEqual([report, description(9)]);
    expect(bytes).toEqual(serializeRtcpCompound([report, description(9)]));
  });
});
