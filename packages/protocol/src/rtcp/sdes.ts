import { assert } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { bodyBytes, newRtcpPacket, type RtcpBody, rtcpCountMax, rtcpPacketType } from './rtcp-header.ts';

/** A byte order mark is text like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** SDES item types that Rivero reads or writes (RFC 3550 section 12.2, RFC 8843 section 15.1, RFC 8852 section 5). */
export const sdesItemType = { cname: 1, name: 2, rtpStreamId: 12, repairedRtpStreamId: 13, mid: 15 } as const;

/** PRIV has a structure of its own (RFC 3550 section 6.5.8): skipped. */
const privateItem = 8;

const itemBytesMax = 255;

export interface SdesItem {
  /** One of `sdesItemType`, or another number. */
  readonly itemType: number;
  /** At most 255 bytes of UTF-8; bytes that are not UTF-8 come out as U+FFFD. */
  readonly text: string;
}

export interface SdesChunk {
  readonly ssrc: number;
  readonly items: readonly SdesItem[];
}

/** Names of sources; CNAME ties the SSRCs of one participant together. */
export interface SourceDescription {
  readonly type: 'sdes';
  /** At most 31. */
  readonly chunks: readonly SdesChunk[];
}

/**
 *     |                          SSRC/CSRC_1                          |  chunk 1
 *     | item type (8) | length (8)    | text ...                      |
 *     | ... one to four zero bytes up to the next word                |
 *
 * Source: RFC 3550 section 6.5.
 */
export function parseSourceDescription(body: RtcpBody): SourceDescription | RtcpDefect {
  const bytes = bodyBytes(body);
  const chunks: SdesChunk[] = [];
  let at = 0;
  for (let i = 0; i < body.count; i++) {
    if (at + 4 > bytes.length) return 'truncated';
    const ssrc = body.view.getUint32(at);
    at += 4;
    const items: SdesItem[] = [];
    for (;;) {
      if (at >= bytes.length) return 'truncated';
      const itemType = bytes[at];
      if (itemType === 0) break;
      if (at + 2 > bytes.length) return 'truncated';
      const end = at + 2 + bytes[at + 1];
      if (end > bytes.length) return 'truncated';
      if (itemType !== privateItem) items.push({ itemType, text: decoder.decode(bytes.subarray(at + 2, end)) });
      at = end;
    }
    at = (at + 4) & ~3;
    if (at > bytes.length) return 'truncated';
    chunks.push({ ssrc, items });
  }
  return { type: 'sdes', chunks };
}

export function serializeSourceDescription(description: SourceDescription): DataView {
  assert(description.chunks.length <= rtcpCountMax, 'a source description has at most 31 chunks');
  const bytes: number[] = [];
  for (const chunk of description.chunks) {
    bytes.push(chunk.ssrc >>> 24, (chunk.ssrc >>> 16) & 0xff, (chunk.ssrc >>> 8) & 0xff, chunk.ssrc & 0xff);
    for (const item of chunk.items) {
      const text = new TextEncoder().encode(item.text);
      assert(text.length <= itemBytesMax, 'an SDES item has at most 255 bytes');
      bytes.push(item.itemType, text.length, ...text);
    }
    do bytes.push(0);
    while (bytes.length % 4 !== 0);
  }
  const view = newRtcpPacket(rtcpPacketType.sourceDescription, description.chunks.length, bytes.length);
  new Uint8Array(view.buffer, view.byteOffset).set(bytes, 4);
  return view;
}
