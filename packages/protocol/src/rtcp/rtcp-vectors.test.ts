import { bitsPerSecond } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { parseRtcpCompound, type RtcpPacket, serializeRtcpCompound } from './index.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

const block = {
  ssrc: 0x01020304,
  fractionLost: 0x40,
  cumulativeLost: -2,
  extendedHighestSequence: 0x0001ffff,
  jitter: 90,
  lastSenderReport: 0xaabbccdd,
  delaySinceLastSenderReport: 0x00010000,
};
const blockHex = '01020304 40fffffe 0001ffff 0000005a aabbccdd 00010000';

/** Each message as its RFC draws it; hex and value say the same. */
const vectors: readonly { name: string; hex: string; packets: readonly RtcpPacket[] }[] = [
  {
    name: 'SR with a report block (RFC 3550 section 6.4.1)',
    hex: `81c8000c 11111111 e0000001 80000000 00015f90 00000064 0000c350 ${blockHex}`,
    packets: [
      {
        type: 'sr',
        ssrc: 0x11111111,
        ntp: { seconds: 0xe0000001, fraction: 0x80000000 },
        rtpTimestamp: 90_000,
        packetCount: 100,
        octetCount: 50_000,
        reports: [block],
      },
    ],
  },
  {
    name: 'RR with two report blocks (RFC 3550 section 6.4.2)',
    hex: `82c9000d 22222222 ${blockHex} ${blockHex}`,
    packets: [{ type: 'rr', ssrc: 0x22222222, reports: [block, block] }],
  },
  {
    name: 'empty RR (RFC 3550 section 6.4.2)',
    hex: '80c90001 22222222',
    packets: [{ type: 'rr', ssrc: 0x22222222, reports: [] }],
  },
  {
    name: 'SDES with two chunks, text of every residue (RFC 3550 section 6.5)',
    hex: '82ca0007 11111111 0103 616263 0f01 61 00000000 22222222 0102 6162 00000000',
    packets: [
      {
        type: 'sdes',
        chunks: [
          {
            ssrc: 0x11111111,
            items: [
              { itemType: 1, text: 'abc' },
              { itemType: 15, text: 'a' },
            ],
          },
          { ssrc: 0x22222222, items: [{ itemType: 1, text: 'ab' }] },
        ],
      },
    ],
  },
  {
    name: 'BYE (RFC 3550 section 6.6)',
    hex: '82cb0002 11111111 22222222',
    packets: [{ type: 'bye', ssrcs: [0x11111111, 0x22222222] }],
  },
  {
    name: 'BYE with a reason (RFC 3550 section 6.6)',
    hex: '81cb0003 11111111 04676f6e 65000000',
    packets: [{ type: 'bye', ssrcs: [0x11111111], reason: 'gone' }],
  },
  {
    name: 'generic NACK over the wrap (RFC 4585 section 6.2.1)',
    hex: '81cd0004 11111111 22222222 ffff8001 00650000',
    packets: [
      {
        type: 'nack',
        senderSsrc: 0x11111111,
        mediaSsrc: 0x22222222,
        lostSequences: [0xffff, 0, 15, 101],
      },
    ],
  },
  {
    name: 'PLI (RFC 4585 section 6.3.1)',
    hex: '81ce0002 11111111 22222222',
    packets: [{ type: 'pli', senderSsrc: 0x11111111, mediaSsrc: 0x22222222 }],
  },
  {
    name: 'FIR with two entries (RFC 5104 section 4.3.1)',
    hex: '84ce0006 11111111 00000000 22222222 07000000 33333333 ff000000',
    packets: [
      {
        type: 'fir',
        senderSsrc: 0x11111111,
        entries: [
          { ssrc: 0x22222222, sequence: 7 },
          { ssrc: 0x33333333, sequence: 255 },
        ],
      },
    ],
  },
  {
    name: 'REMB: mantissa 0x20000 times 2^3 (draft-alvestrand-rmcat-remb-03 section 2.2)',
    hex: '8fce0006 11111111 00000000 52454d42 020e0000 22222222 33333333',
    packets: [
      { type: 'remb', senderSsrc: 0x11111111, bitrate: bitsPerSecond(0x20000 * 8), ssrcs: [0x22222222, 0x33333333] },
    ],
  },
  {
    name: 'unknown: XR (RFC 3611)',
    hex: '80cf0004 11111111 04000002 e0000001 80000000',
    packets: [{ type: 'unknown', packetType: 207, count: 0, body: bytesOf('11111111 04000002 e0000001 80000000') }],
  },
  {
    name: 'unknown: application layer feedback that is not REMB',
    hex: '8fce0003 11111111 00000000 41424344',
    packets: [{ type: 'unknown', packetType: 206, count: 15, body: bytesOf('11111111 00000000 41424344') }],
  },
];

describe('RTCP messages', () => {
  it.each(vectors)('$name', ({ hex, packets }) => {
    const bytes = bytesOf(hex);
    expect(parseRtcpCompound(bytes)).toEqual(packets);
    if (!hex.startsWith('8fce0006')) expect(Buffer.from(serializeRtcpCompound(packets))).toEqual(Buffer.from(bytes));
  });

  it('REMB is serialized with the largest mantissa that it has room for, rounded down', () => {
    const remb = (bitrate: number) =>
      parseRtcpCompound(
        serializeRtcpCompound([{ type: 'remb', senderSsrc: 1, bitrate: bitsPerSecond(bitrate), ssrcs: [2] }]),
      );
    expect(remb(262_143)).toMatchObject([{ bitrate: 262_143 }]);
    expect(remb(262_145)).toMatchObject([{ bitrate: 262_144 }]);
    expect(remb(2_500_000)).toMatchObject([{ bitrate: 2_500_000 - (2_500_000 % 16) }]);
    expect(remb(0)).toMatchObject([{ bitrate: 0 }]);
    expect(remb(1e300)).toMatchObject([{ bitrate: 0x3ffff * 2 ** 63 }]);
  });

  it('all together are one compound, in order', () => {
    const all = vectors.flatMap(({ packets }) => packets);
    const bytes = bytesOf(vectors.map(({ hex }) => hex).join(''));
    expect(parseRtcpCompound(bytes)).toEqual(all);
    expect(parseRtcpCompound(serializeRtcpCompound(all))).toEqual(all);
  });

  it('every truncation of every message, alone and behind another, is refused', () => {
    for (const { hex } of vectors) {
      const bytes = bytesOf(hex);
      for (let length = 0; length < bytes.length; length++) {
        expect(typeof parseRtcpCompound(bytes.slice(0, length))).toBe('string');
        if (length === 0) continue;
        const behind = bytesOf(`80c90001 22222222 ${Buffer.from(bytes.slice(0, length)).toString('hex')}`);
        expect(typeof parseRtcpCompound(behind)).toBe('string');
      }
    }
  });

  it('every message cut by whole words with its length put right is refused, or is another right message', () => {
    for (const { hex } of vectors) {
      const bytes = bytesOf(hex);
      for (let words = 1; words < bytes.length / 4; words++) {
        const cut = bytes.slice(0, words * 4);
        new DataView(cut.buffer).setUint16(2, words - 1);
        const parsed = parseRtcpCompound(cut);
        if (typeof parsed !== 'string') expect(['nack', 'fir', 'bye', 'unknown']).toContain(parsed[0].type);
      }
    }
  });
});

describe('tolerance', () => {
  it('profile-specific extensions behind report blocks are skipped (RFC 3550 section 6.4.3)', () => {
    expect(parseRtcpCompound(bytesOf('80c90003 22222222 deadbeef deadbeef'))).toEqual([
      { type: 'rr', ssrc: 0x22222222, reports: [] },
    ]);
    expect(
      parseRtcpCompound(bytesOf('80c80007 11111111 e0000001 80000000 00015f90 00000064 0000c350 deadbeef')),
    ).toMatchObject([{ type: 'sr', octetCount: 50_000 }]);
  });

  it('a PRIV item is skipped and a text that is not UTF-8 is still a text', () => {
    expect(parseRtcpCompound(bytesOf('81ca0004 11111111 0803 026162 0102 c328 00 0000'))).toEqual([
      { type: 'sdes', chunks: [{ ssrc: 0x11111111, items: [{ itemType: 1, text: '\ufffd(' }] }] },
    ]);
  });

  it('padding is taken off the last packet, and refused on another', () => {
    expect(parseRtcpCompound(bytesOf('a1ce0003 11111111 22222222 00000004'))).toEqual([
      { type: 'pli', senderSsrc: 0x11111111, mediaSsrc: 0x22222222 },
    ]);
    expect(parseRtcpCompound(bytesOf('a1ce0003 11111111 22222222 00000004 80c90001 22222222'))).toBe('bad-padding');
  });

  it.each([
    ['padding of no length', 'a1ce0003 11111111 22222222 00000000', 'bad-padding'],
    ['padding of part of a word', 'a1ce0003 11111111 22222222 00000003', 'bad-padding'],
    ['padding that goes into the fields', 'a1ce0003 11111111 22222222 00000008', 'truncated'],
    ['padding longer than the packet', 'a1ce0003 11111111 22222222 00000010', 'bad-padding'],
    ['padding in a packet of header alone', 'a0c90000', 'bad-padding'],
    ['version 1', '41ce0002 11111111 22222222', 'bad-version'],
    ['no bytes', '', 'truncated'],
    ['FIR with half an entry', '84ce0005 11111111 00000000 22222222 07000000 33333333', 'malformed'],
    ['NACK without a pair', '81cd0002 11111111 22222222', 'truncated'],
    ['REMB with more streams than it has', '8fce0005 11111111 00000000 52454d42 020e0000 22222222', 'truncated'],
    ['SDES without an end of its items', '81ca0002 11111111 01026162', 'truncated'],
    ['BYE with a reason beyond its end', '81cb0002 11111111 04676f6e', 'truncated'],
  ])('%s is refused', (_name, hex, defect) => {
    expect(parseRtcpCompound(bytesOf(hex))).toBe(defect);
  });

  it('more than a message can hold is a broken invariant', () => {
    const chunks = Array.from({ length: 32 }, () => ({ ssrc: 1, items: [] }));
    expect(() => serializeRtcpCompound([{ type: 'sdes', chunks }])).toThrow('31');
    const reports = Array.from({ length: 32 }, () => block);
    expect(() => serializeRtcpCompound([{ type: 'rr', ssrc: 1, reports }])).toThrow('31');
    const items = [{ itemType: 1, text: 'x'.repeat(256) }];
    expect(() => serializeRtcpCompound([{ type: 'sdes', chunks: [{ ssrc: 1, items }] }])).toThrow('255');
    const empty: RtcpPacket = { type: 'nack', senderSsrc: 1, mediaSsrc: 2, lostSequences: [] };
    expect(() => serializeRtcpCompound([empty])).toThrow('at least one');
  });
});
