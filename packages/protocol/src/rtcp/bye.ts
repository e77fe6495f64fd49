import { assert } from '@rivero/core';
import type { RtcpDefect } from './rtcp-defect.ts';
import { bodyBytes, newRtcpPacket, type RtcpBody, rtcpCountMax, rtcpPacketType } from './rtcp-header.ts';

/** A byte order mark is text like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const reasonBytesMax = 255;

/** Sources that are leaving. */
export interface Bye {
  readonly type: 'bye';
  /** At most 31. */
  readonly ssrcs: readonly number[];
  readonly reason?: string;
}

/**
 *     |                           SSRC/CSRC ...                       |
 *     |     length    |               reason for leaving            ...  (optional)
 *
 * Source: RFC 3550 section 6.6.
 */
export function parseBye(body: RtcpBody): Bye | RtcpDefect {
  const { view, count } = body;
  if (view.byteLength < count * 4) return 'truncated';
  const ssrcs: number[] = [];
  for (let i = 0; i < count; i++) ssrcs.push(view.getUint32(i * 4));
  const rest = bodyBytes(body, count * 4);
  if (rest.length === 0) return { type: 'bye', ssrcs };
  if (1 + rest[0] > rest.length) return 'truncated';
  return { type: 'bye', ssrcs, reason: decoder.decode(rest.subarray(1, 1 + rest[0])) };
}

export function serializeBye(bye: Bye): DataView {
  assert(bye.ssrcs.length <= rtcpCountMax, 'a BYE names at most 31 sources');
  const reason = bye.reason === undefined ? undefined : new TextEncoder().encode(bye.reason);
  assert(reason === undefined || reason.length <= reasonBytesMax, 'the reason of a BYE has at most 255 bytes');
  const reasonLength = reason === undefined ? 0 : (1 + reason.length + 3) & ~3;
  const view = newRtcpPacket(rtcpPacketType.bye, bye.ssrcs.length, bye.ssrcs.length * 4 + reasonLength);
  let at = 4;
  for (const ssrc of bye.ssrcs) {
    view.setUint32(at, ssrc);
    at += 4;
  }
  if (reason !== undefined) {
    view.setUint8(at, reason.length);
    new Uint8Array(view.buffer, view.byteOffset).set(reason, at + 1);
  }
  return view;
}
